using System.Globalization;
using System.Text.Json.Nodes;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Sending;

/// <summary>The tool sends; an original peer takes every datagram apart, byte by byte.</summary>
public sealed class InteropSendTests
{
    private static readonly string[] JsonValues =
    [
        "null", "true", "0", "-1.5e-7", "12345678901234567890", "\"\"", "\"Grüße \\u4e16 世界 \\\"quoted\\\"\"", "[]", "{}", "  {\"spaces\" : [ 1 , 2 ]}  ",
        "[1,[2,[3,{\"a\":null}]]]", "{\"roll\":1.25,\"pitch\":-3,\"text\":\"" + new string('x', 20_000) + "\"}",
    ];

    private static readonly string[] Texts = ["plain", "", "Grüße 世界 🚀", "  spaces  ", "tab\there", "[1, 2]", new string('y', 30_000)];

    private static readonly string[] HexLines = ["deadbeef", "00", "FFfe", "0123456789abcdef"];

    [PythonTheory]
    [InlineData("crc-seq", "json")]
    [InlineData("crc-seq", "text")]
    [InlineData("seq", "text")]
    [InlineData("seq", "hex")]
    [InlineData("seq-zlib", "text")]
    [InlineData("seq-zlib", "json")]
    [InlineData("crc", "json")]
    [InlineData("none", "json")]
    public async Task Every_byte_is_as_the_original_wrote_it(string frame, string codec)
    {
        var values = codec switch
        {
            "text" => Texts,
            "hex" => HexLines,
            _ => JsonValues,
        };
        var lines = Enumerable.Range(0, 300).Select(i => values[i % values.Length]).ToList();
        await using var peer = OriginalPeer.Start(
            "receive", "--frame", frame, "--codec", codec, "--count", lines.Count.ToString(CultureInfo.InvariantCulture), "--timeout", "60");
        var endpoint = await peer.ReadListeningAsync();

        // Slowly enough for a receive buffer of any system's default size.
        var (exitCode, output, error) = await ToolProcess.RunAsync(
            string.Join('\n', lines) + "\n",
            "send", endpoint, "--frame", frame, "--codec", codec, "--type", "status", "--source", "plant", "--priority", "critical", "--rate", "1000");

        Assert.Equal((0, ""), (exitCode, error));
        var got = JsonNode.Parse(await peer.ReadToEndAsync())!.AsObject();
        Assert.Empty(got["problems"]!.AsArray());
        Assert.False((bool)got["timedOut"]!);
        Assert.Equal($$"""{"event":"summary","sent":{{lines.Count}},"bytes":{{(long)got["bytes"]!}},"errors":0}""" + "\n", output);
        var messages = got["messages"]!.AsArray();
        Assert.Equal(lines.Count, messages.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            var expected = Expected(codec, lines[i]);
            Assert.True(JsonNode.DeepEquals(expected, messages[i]), $"line {i}: {expected.ToJsonString()} arrived as {messages[i]!.ToJsonString()}");
        }
    }

    private static JsonObject Expected(string codec, string line) => codec switch
    {
        "text" => new JsonObject { ["data"] = line },
        "hex" => new JsonObject { ["data"] = line.ToLowerInvariant() },
        _ => new JsonObject
        {
            ["type"] = "status",
            ["priority"] = 4,
            ["source"] = "plant",
            ["destination"] = null,
            ["correlationId"] = null,
            ["data"] = JsonNode.Parse(line),
        },
    };
}
