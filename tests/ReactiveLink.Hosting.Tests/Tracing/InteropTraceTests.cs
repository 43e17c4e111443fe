using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Hosting.Tests.Tracing;

/// <summary>A peer of the original in Python reads what is sent within a trace.</summary>
public sealed class InteropTraceTests
{
    [PythonTheory]
    [InlineData("crc-seq")]
    [InlineData("seq-zlib")]
    public async Task An_original_peer_finds_its_seven_fields_and_the_data(string frame)
    {
        const int Count = 20;
        using var spans = new Spans();
        await using var peer = OriginalPeer.Start(
            "receive", "--traced", "--frame", frame, "--count", Count.ToString(CultureInfo.InvariantCulture), "--timeout", "60");
        await using var link = UdpLink.Connect(
            await peer.ReadListeningAsync(), options => options with { Frame = FrameFormat.Parse(frame), Source = "plant" });
        using (var mission = Spans.Application.StartActivity("mission"))
        {
            mission!.TraceStateString = "vendor=\"a\\b\"";
            for (var i = 0; i < Count; i++)
            {
                await link.SendAsync(i, Priority.Critical, MessageType.Status);
            }
        }

        var got = JsonNode.Parse(await peer.ReadToEndAsync())!.AsObject();

        Assert.Empty(got["problems"]!.AsArray());
        Assert.Equal(Enumerable.Range(0, Count), got["messages"]!.AsArray().Select(message => (int)message!["data"]!));
        Assert.All(got["messages"]!.AsArray(), message => Assert.Equal(("status", 4, "plant"), ((string)message!["type"]!, (int)message["priority"]!, (string)message["source"]!)));
        Assert.Equal(Count, spans.Ended.Count(span => span is { DisplayName: "send status", Kind: ActivityKind.Producer }));
    }
}
