using System.Buffers.Text;
using System.Globalization;
using System.Text.Json.Nodes;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests;

/// <summary>Two processes of ours, one million messages, and not one of them unexplained.</summary>
public sealed class MillionMessagesTests : IDisposable
{
    private const int Count = 1_000_000;

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_million_messages_between_two_processes_balance_to_zero_unexplained()
    {
        await File.WriteAllLinesAsync(_file, Enumerable.Range(0, Count).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        await using var listener = ToolProcess.Start("listen", "127.0.0.1:0");
        var endpoint = await listener.ReadListeningAsync();
        using var sentinel = new TestSender(endpoint);
        using var tally = new Tally(sentinel.Endpoint);
        var reading = Task.Run(() => tally.Read(listener.Output));

        // As fast as a busy machine can take for the most part; what it cannot is dropped by the system and must be accounted for.
        var (exitCode, output, error) = await ToolProcess.RunAsync("", "send", endpoint, "--from", _file, "--rate", "80000");
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("reactivelink:", error, StringComparison.Ordinal);
        var sent = JsonNode.Parse(output)!;
        Assert.Equal((Count, 0), ((int)sent["sent"]!, (int)sent["errors"]!));

        // A socket's queue is first in, first out: when a datagram sent after the last is told of, so are all before it.
        do
        {
            sentinel.Send("\"sentinel\"");
        }
        while (!tally.WaitForSentinel(sentinel.Next - 1, TimeSpan.FromSeconds(1)));

        listener.Terminate();
        await Deadline.Within(reading, "the listener's summary");
        Assert.Equal((0, ""), await listener.WaitAsync());
        AssertBalanced(tally, (int)sentinel.Next);
    }

    private static void AssertBalanced(Tally tally, int sentinels)
    {
        var summary = JsonNode.Parse(tally.Summary!)!;
        var datagrams = (long)summary["datagrams"]!;
        var delivered = (long)summary["delivered"]!;
        var faults = summary["faults"]!.AsObject().ToDictionary(f => f.Key, f => (long)f.Value!);
        var sequence = summary["sequence"]!;

        // What was told is what was counted, and each message came once, in order, none with a wrong number.
        Assert.Equal(tally.Messages + tally.Sentinels, delivered);
        Assert.Equal(0, tally.OutOfOrder);
        Assert.Equal(0, datagrams - delivered - faults.Values.Sum());
        Assert.True(tally.Messages > Count / 10, $"only {tally.Messages} messages were delivered: {tally.Summary}");
        Assert.Equal(0, (long)sequence["duplicates"]!);
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // The system tells what it dropped: everything sent is delivered or dropped by it.
        Assert.Equal(Count + sentinels, datagrams);
        Assert.Equal(Count - tally.Messages + sentinels - tally.Sentinels, faults.GetValueOrDefault("kernel-drop"));
        Assert.All(faults.Keys, reason => Assert.Equal("kernel-drop", reason));
        if ((long)sequence["restarts"]! == 0)
        {
            // Every loss is a gap, but for what was dropped after the last message, which no number can tell.
            // (More than 3000 missing in a row look like a restart, by RFC 3550; sequencing then cannot say how many were lost.)
            var afterTheLast = Count - 1 - tally.LastSequence;
            Assert.Equal(Count - tally.Messages, (long)sequence["lost"]! + afterTheLast);
        }
    }

    /// <summary>Counts the events without parsing a million JSON objects.</summary>
    private sealed class Tally(string sentinel) : IDisposable
    {
        private readonly byte[] _sentinelStart = Start(sentinel);

        private readonly Lock _gate = new();
        private readonly AutoResetEvent _seen = new(initialState: false);
        private long _lastSentinel = -1;

        public long Messages { get; private set; }

        public long Sentinels { get; private set; }

        public long OutOfOrder { get; private set; }

        public long LastSequence { get; private set; } = -1;

        public string? Summary { get; private set; }

        /// <summary>Waits until the sentinel of this number, the last one sent, is told of; false if it takes too long (it may have been dropped).</summary>
        public bool WaitForSentinel(long number, TimeSpan time)
        {
            while (_seen.WaitOne(time))
            {
                lock (_gate)
                {
                    if (_lastSentinel == number)
                    {
                        return true;
                    }
                }
            }

            return false;
        }

        public void Read(Stream output)
        {
            var buffer = new byte[1 << 20];
            var count = 0;
            while (output.Read(buffer, count, buffer.Length - count) is var read and > 0)
            {
                count += read;
                var rest = buffer.AsSpan(0, count);
                while (rest.IndexOf((byte)'\n') is var end and >= 0)
                {
                    Add(rest[..end]);
                    rest = rest[(end + 1)..];
                }

                rest.CopyTo(buffer);
                count = rest.Length;
            }
        }

        public void Dispose() => _seen.Dispose();

        private static byte[] Start(string peer) => System.Text.Encoding.UTF8.GetBytes($$"""{"event":"message","peer":"{{peer}}",""");

        private static long Number(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> digits)
        {
            digits = line[(line.IndexOf("\"sequence\":"u8) + "\"sequence\":"u8.Length)..];
            Assert.True(Utf8Parser.TryParse(digits, out long number, out var length));
            digits = digits[..length];
            return number;
        }

        private void Add(ReadOnlySpan<byte> line)
        {
            if (line.StartsWith(_sentinelStart))
            {
                Sentinels++;
                lock (_gate)
                {
                    _lastSentinel = Number(line, out _);
                }

                _seen.Set();
            }
            else if (line.StartsWith("{\"event\":\"message\""u8))
            {
                Messages++;
                var sequence = Number(line, out var digits);

                // The data of a message is its number.
                var data = line[(line.LastIndexOf((byte)':') + 1)..^1];
                if (sequence <= LastSequence || !data.SequenceEqual(digits))
                {
                    OutOfOrder++;
                }

                LastSequence = sequence;
            }
            else if (line.StartsWith("{\"event\":\"summary\""u8))
            {
                Summary = System.Text.Encoding.UTF8.GetString(line);
            }
        }
    }
}
