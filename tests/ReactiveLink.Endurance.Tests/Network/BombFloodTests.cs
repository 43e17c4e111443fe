using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ReactiveLink.Metrics.Tests;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;
using ReactiveLink.Tests.Transport;
using Xunit.Abstractions;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>A flood of datagrams made to be dear: what each costs is bounded, and messages between them are received as ever.</summary>
[Collection(MemoryCollection.Name)]
public sealed class BombFloodTests(ITestOutputHelper output)
{
    private const int Bombs = 2000;
    private const int PerMessage = 10;
    private const int Large = 60_000;
    private const long MostMemory = 8 << 20;

    private static readonly IPEndPoint Near = new(TwoHosts.NearAddress, 9000);
    private static readonly TimeSpan MostTime = TimeSpan.FromMilliseconds(10);

    public static TheoryData<string> JsonBombs { get; } = new(Json.Keys);

    public static TheoryData<string> ZlibBombs { get; } = new(Deflated.Keys);

    private static Dictionary<string, Func<string>> Json => new(StringComparer.Ordinal)
    {
        ["brackets"] = () => Wire.Envelope(new string('[', Large)),
        ["closed brackets"] = () => Wire.Envelope(new string('[', Large / 2) + new string(']', Large / 2)),
        ["objects in objects"] = () => Wire.Envelope(Repeated("{\"a\":", Large)),
        ["objects in metadata"] = () => "{\"metadata\":" + Repeated("{\"metadata\":", Large),
        ["a number of 60,000 digits"] = () => Wire.Envelope(new string('9', Large)),
        ["an exponent of 60,000 digits"] = () => Wire.Envelope("1e" + new string('9', Large)),
        ["escapes"] = () => Wire.Envelope("1", source: Repeated("\\u0041", Large)),
        ["an escaped type"] = () => Wire.Envelope("1", type: Repeated("\\ud83d\\ude00", Large)),
        ["one key again and again"] = () => "{\"metadata\":{" + Repeated("\"source\":\"\\u0041\",", Large) + "\"source\":\"a\"},\"data\":1}",
        ["a thousand keys"] = () => "{\"metadata\":{" + string.Concat(Enumerable.Range(0, 4000).Select(i => $"\"{i:X8}\":1,")) + "\"source\":\"a\"},\"data\":1}",
        ["an endless string"] = () => "{\"metadata\":{\"source\":\"" + new string('a', Large),
        ["white space"] = () => new string(' ', Large) + Wire.Envelope("1"),
    };

    private static Dictionary<string, Func<byte[]>> Deflated => new(StringComparer.Ordinal)
    {
        ["60 MB of zeros"] = () => Zlib(new byte[60 << 20]),
        ["64 KB, the most that is allowed"] = () => Zlib(new byte[64 << 10]),
        ["64 KB and a byte"] = () => Zlib(new byte[(64 << 10) + 1]),
        ["empty blocks"] = () => [0x78, 0x9C, .. Enumerable.Repeat<byte[]>([0, 0, 0, 0xFF, 0xFF], Large / 5).SelectMany(b => b)],
        ["a message of a million brackets"] = () => Zlib([0, 0, 0, 1, .. Encoding.UTF8.GetBytes(Wire.Envelope(new string('[', 1_000_000)))]),
        ["a message of escapes"] = () => Zlib([0, 0, 0, 1, .. Encoding.UTF8.GetBytes(Wire.Envelope("1", source: Repeated("\\u0041", Large)))]),
    };

    [NamespaceTheory]
    [MemberData(nameof(JsonBombs))]
    public void A_flood_of_JSON_bombs(string name)
    {
        var bomb = Wire.Frame(1, Encoding.UTF8.GetBytes(Json[name]()));
        Flood(name, FrameFormat.CrcSequenced, bomb, number => Wire.Message(number, Text(number)));
    }

    [NamespaceTheory]
    [MemberData(nameof(ZlibBombs))]
    public void A_flood_of_zlib_bombs(string name)
    {
        var bomb = Deflated[name]();
        Flood(name, FrameFormat.SequencedZlib, bomb, number =>
        {
            var sequence = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(sequence, number);
            return Zlib([.. sequence, .. Encoding.UTF8.GetBytes(Wire.Envelope(Text(number)))]);
        });
    }

    private void Flood(string name, FrameFormat format, byte[] bomb, Func<uint, byte[]> message)
    {
        using var hosts = new TwoHosts();
        hosts.Near.Ip($"link set {TwoHosts.Device} mtu 65535");
        hosts.Far.Ip($"link set {TwoHosts.FarDevice} mtu 65535");
        using var link = hosts.Near.Run(() => UdpLink.Open(Near.ToString(), o => o with { Frame = format, AutoStart = false }));
        long valid = 0;
        var ended = false;
        var bomber = hosts.FarSocket();
        var sender = hosts.FarSocket();
        var peer = UdpEndpoint.From((IPEndPoint)sender.LocalEndPoint!);
        link.Messages.Subscribe(
            m =>
            {
                // A consumer that looks at everything, as one would.
                _ = (m.Source, m.Metadata, m.TryDataAs<long>(out var number));
                _ = m.Peer.Equals(peer) && number == valid && Interlocked.Increment(ref valid) > 0;
            },
            _ => ended = true,
            () => ended = true);
        link.Start();

        long sent = 0;
        void Send(Socket from, byte[] datagram)
        {
            from.SendTo(datagram, Near);
            sent++;
        }

        using var process = Process.GetCurrentProcess();
        long memory = 0;
        var cpu = TimeSpan.Zero;
        for (uint number = 0; number < Bombs / PerMessage; number++)
        {
            if (number == Bombs / PerMessage / 10)
            {
                // By now everything is compiled, and every buffer has its size.
                memory = GC.GetTotalMemory(forceFullCollection: true);
                process.Refresh();
                cpu = process.TotalProcessorTime;
            }

            for (var i = 0; i < PerMessage; i++)
            {
                Send(bomber, bomb);
            }

            Send(sender, message(number));
            Eventually.True(() => link.GetStatistics().Ledger.Received >= sent, "all were received");
        }

        process.Refresh();
        var perBomb = (process.TotalProcessorTime - cpu) / (Bombs * 9 / 10);
        Eventually.True(() => Interlocked.Read(ref valid) == Bombs / PerMessage, "every message between the bombs is received");
        var grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        var statistics = link.GetStatistics();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {bomb.Length} bytes cost {perBomb.TotalMicroseconds:F0} us of CPU, sending included; memory grew by {grown / 1024} KiB; "
            + $"delivered {statistics.Ledger.Delivered}, {string.Join(", ", statistics.Ledger.Dropped.Select(d => $"{d.Key.ToName()} {d.Value}"))}"));
        LedgerAssert.Balances(statistics);
        Assert.False(ended);
        Assert.Equal(sent, statistics.Ledger.Received);
        Assert.InRange(grown, long.MinValue, MostMemory);
        Assert.InRange(perBomb, TimeSpan.Zero, MostTime);
    }

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Repeated(string text, int length) => string.Concat(Enumerable.Repeat(text, length / text.Length));

    private static byte[] Zlib(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(content);
        }

        return compressed.ToArray();
    }
}
