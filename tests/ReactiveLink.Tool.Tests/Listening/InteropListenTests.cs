using System.Globalization;
using System.Text.Json.Nodes;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Listening;

/// <summary>An original peer sends, with everything that can go wrong; the tool must tell exactly the truth of it.</summary>
public sealed class InteropListenTests
{
    [PythonTheory]
    [InlineData("crc-seq", "json", 1)]
    [InlineData("crc-seq", "json", 2)]
    [InlineData("crc-seq", "text", 3)]
    [InlineData("seq", "text", 4)]
    [InlineData("seq", "json", 5)]
    [InlineData("seq", "hex", 6)]
    [InlineData("seq-zlib", "text", 7)]
    [InlineData("seq-zlib", "json", 8)]
    [InlineData("crc", "json", 9)]
    [InlineData("none", "json", 10)]
    [InlineData("none", "text", 11)]
    public async Task Every_event_and_count_is_what_was_sent(string frame, string codec, int seed)
    {
        await using var tool = ToolProcess.Start("listen", "127.0.0.1:0", "--frame", frame, "--codec", codec);
        var endpoint = await tool.ReadListeningAsync();
        await using var peer = OriginalPeer.Start(
            "send", endpoint, "--frame", frame, "--codec", codec, "--seed", seed.ToString(CultureInfo.InvariantCulture));
        var printed = peer.ReadToEndAsync();

        // One event a datagram: when as many have come as were sent, all is said but the summary.
        var truth = JsonNode.Parse(await printed)!.AsObject();
        var sent = (int)truth["datagrams"]!;
        var events = new List<JsonObject>();
        while (events.Count < sent && await tool.ReadEventAsync() is { } next)
        {
            events.Add(next);
        }

        tool.Terminate();
        var summary = Assert.Single(await tool.ReadEventsAsync());
        Assert.Equal((0, ""), await tool.WaitAsync());
        Assert.Equal((0, ""), await peer.WaitAsync());

        AssertEvents(truth["events"]!.AsObject(), events);
        AssertSummary(truth, summary);
    }

    private static void AssertEvents(JsonObject expected, List<JsonObject> events)
    {
        var byPeer = events.ToLookup(e => (string)e["peer"]!);
        Assert.Equal(expected.Select(p => p.Key).Order(StringComparer.Ordinal), byPeer.Select(p => p.Key).Order(StringComparer.Ordinal));
        foreach (var (peer, script) in expected)
        {
            var actual = byPeer[peer].ToList();
            Assert.Equal(script!.AsArray().Count, actual.Count);
            for (var i = 0; i < actual.Count; i++)
            {
                Assert.True(JsonNode.DeepEquals(script[i], actual[i]), $"{peer}, datagram {i}: {script[i]!.ToJsonString()} was told as {actual[i].ToJsonString()}");
            }
        }
    }

    private static void AssertSummary(JsonObject truth, JsonObject summary)
    {
        var expected = new JsonObject { ["event"] = "summary" };
        foreach (var key in new[] { "datagrams", "bytes", "delivered", "peers", "faults", "sequence" })
        {
            expected[key] = truth[key]!.DeepClone();
        }

        Assert.True(JsonNode.DeepEquals(expected, summary), $"{expected.ToJsonString()} was told as {summary.ToJsonString()}");
    }
}
