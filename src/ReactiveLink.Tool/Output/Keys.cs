using System.Text.Json;

namespace ReactiveLink.Tool.Output;

/// <summary>The words of the output, encoded once.</summary>
internal static class Keys
{
    public static readonly JsonEncodedText Event = JsonEncodedText.Encode("event");
    public static readonly JsonEncodedText Listening = JsonEncodedText.Encode("listening");
    public static readonly JsonEncodedText Recording = JsonEncodedText.Encode("recording");
    public static readonly JsonEncodedText Replaying = JsonEncodedText.Encode("replaying");
    public static readonly JsonEncodedText File = JsonEncodedText.Encode("file");
    public static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    public static readonly JsonEncodedText Fault = JsonEncodedText.Encode("fault");
    public static readonly JsonEncodedText Summary = JsonEncodedText.Encode("summary");
    public static readonly JsonEncodedText Endpoint = JsonEncodedText.Encode("endpoint");
    public static readonly JsonEncodedText Peer = JsonEncodedText.Encode("peer");
    public static readonly JsonEncodedText Sequence = JsonEncodedText.Encode("sequence");
    public static readonly JsonEncodedText Verdict = JsonEncodedText.Encode("verdict");
    public static readonly JsonEncodedText Lost = JsonEncodedText.Encode("lost");
    public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    public static readonly JsonEncodedText Priority = JsonEncodedText.Encode("priority");
    public static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");
    public static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode("timestamp");
    public static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");
    public static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    public static readonly JsonEncodedText Count = JsonEncodedText.Encode("count");
    public static readonly JsonEncodedText Datagrams = JsonEncodedText.Encode("datagrams");
    public static readonly JsonEncodedText Bytes = JsonEncodedText.Encode("bytes");
    public static readonly JsonEncodedText Delivered = JsonEncodedText.Encode("delivered");
    public static readonly JsonEncodedText Peers = JsonEncodedText.Encode("peers");
    public static readonly JsonEncodedText Faults = JsonEncodedText.Encode("faults");
    public static readonly JsonEncodedText InOrder = JsonEncodedText.Encode("inOrder");
    public static readonly JsonEncodedText Gaps = JsonEncodedText.Encode("gaps");
    public static readonly JsonEncodedText Duplicates = JsonEncodedText.Encode("duplicates");
    public static readonly JsonEncodedText Late = JsonEncodedText.Encode("late");
    public static readonly JsonEncodedText Restarts = JsonEncodedText.Encode("restarts");
    public static readonly JsonEncodedText Sent = JsonEncodedText.Encode("sent");
    public static readonly JsonEncodedText Errors = JsonEncodedText.Encode("errors");
}
