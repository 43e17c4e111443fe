using System.Buffers;
using System.Text.Json;
using ReactiveLink.Tool.Output;

namespace ReactiveLink.Tool.Listening;

/// <summary>One JSON object a line. Fields that the frame format or the codec lacks are absent.</summary>
internal sealed class JsonLinesReport(OutputQueue output) : IListenReport
{
    private readonly JsonLine _messageLine = new();
    private readonly JsonLine _otherLine = new();

    public bool IsBlocked => output.IsBlocked;

    public void Listening(UdpLink link)
    {
        var writer = _otherLine.Start(Keys.Listening);
        writer.WriteString(Keys.Endpoint, link.LocalEndpoint.ToString());
        output.Append(_otherLine.End());
    }

    public void Message(Message message)
    {
        var writer = _messageLine.Start(Keys.Message);
        writer.WriteString(Keys.Peer, message.Peer.ToString());
        if (message.Sequence is { } sequence && message.Verdict is { } verdict)
        {
            writer.WriteNumber(Keys.Sequence, sequence);
            writer.WriteString(Keys.Verdict, verdict.Name);
            writer.WriteNumber(Keys.Lost, verdict.Lost);
        }

        if (message.DataFormat == DataFormat.Json)
        {
            writer.WriteString(Keys.Id, message.Id);
            writer.WriteString(Keys.Type, message.Type.Name);
            writer.WriteNumber(Keys.Priority, (int)message.Priority);
            writer.WriteString(Keys.Source, message.Source);
            writer.WriteNumber(Keys.Timestamp, message.Timestamp);
        }

        WriteData(writer, message);
        output.Append(_messageLine.End());
    }

    public void Fault(in Fault fault)
    {
        var writer = _otherLine.Start(Keys.Fault);
        writer.WriteString(Keys.Reason, fault.Reason.ToName());
        if (fault.Peer is not null)
        {
            writer.WriteString(Keys.Peer, fault.Peer.ToString());
        }

        if (fault.Count != 1)
        {
            writer.WriteNumber(Keys.Count, fault.Count);
        }

        output.Append(_otherLine.End());
    }

    public void Summary(ListenSummary summary)
    {
        var writer = _otherLine.Start(Keys.Summary);
        writer.WriteNumber(Keys.Datagrams, summary.Datagrams);
        writer.WriteNumber(Keys.Bytes, summary.Bytes);
        writer.WriteNumber(Keys.Delivered, summary.Delivered);
        writer.WriteNumber(Keys.Peers, summary.Peers);
        writer.WriteStartObject(Keys.Faults);
        foreach (var (reason, count) in summary.Faults)
        {
            writer.WriteNumber(reason.ToName(), count);
        }

        writer.WriteEndObject();
        writer.WriteStartObject(Keys.Sequence);
        writer.WriteNumber(Keys.InOrder, summary.Sequence.InOrder);
        writer.WriteNumber(Keys.Gaps, summary.Sequence.Gaps);
        writer.WriteNumber(Keys.Lost, summary.Sequence.Lost);
        writer.WriteNumber(Keys.Duplicates, summary.Sequence.Duplicates);
        writer.WriteNumber(Keys.Late, summary.Sequence.Late);
        writer.WriteNumber(Keys.Restarts, summary.Sequence.Restarts);
        writer.WriteEndObject();
        output.Append(_otherLine.End());
    }

    public void Dispose()
    {
        _messageLine.Dispose();
        _otherLine.Dispose();
    }

    private static void WriteData(Utf8JsonWriter writer, Message message)
    {
        var data = message.Data.Span;
        switch (message.DataFormat)
        {
            case DataFormat.Text:
                writer.WriteString(Keys.Data, data);
                break;
            case DataFormat.Binary:
                writer.WriteString(Keys.Data, Convert.ToHexStringLower(data));
                break;
            default:
                writer.WritePropertyName(Keys.Data);
                WriteOnOneLine(writer, data);
                break;
        }
    }

    /// <summary>The value exactly as it came; only line breaks, which JSON allows between its tokens and nowhere else, become blanks.</summary>
    private static void WriteOnOneLine(Utf8JsonWriter writer, ReadOnlySpan<byte> json)
    {
        if (json.IndexOfAny((byte)'\n', (byte)'\r') < 0)
        {
            writer.WriteRawValue(json, skipInputValidation: true);
            return;
        }

        var copy = ArrayPool<byte>.Shared.Rent(json.Length);
        var line = copy.AsSpan(0, json.Length);
        json.CopyTo(line);
        line.Replace((byte)'\n', (byte)' ');
        line.Replace((byte)'\r', (byte)' ');
        writer.WriteRawValue(line, skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(copy);
    }
}
