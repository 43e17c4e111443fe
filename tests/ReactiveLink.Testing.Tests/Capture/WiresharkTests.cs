using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Linq;

namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>Wireshark reads what we write, and we read what Wireshark writes.</summary>
public sealed class WiresharkTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly UdpEndpoint Local = new(Packets.To, 9000);
    private static readonly UdpEndpoint Local6 = new(Packets.To6, 9000);

    [WiresharkFact]
    public void Tshark_shows_every_field_and_no_complaint()
    {
        using var file = new TemporaryFile();
        Datagrams().ToObservable().WriteCapture(file.Path, Local).Subscribe();

        var lines = Wireshark.Run(
            "tshark", "-r", file.Path, "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields", "-E", "separator=|",
            "-e", "ip.src", "-e", "ipv6.src", "-e", "ip.dst", "-e", "udp.srcport", "-e", "udp.dstport", "-e", "udp.payload", "-e", "frame.time_epoch",
            "-e", "ip.checksum.status", "-e", "udp.checksum.status", "-e", "_ws.malformed", "-e", "frame.len", "-e", "frame.cap_len");

        Assert.Equal(Datagrams().Length, lines.Length);
        foreach (var (datagram, line) in Datagrams().Zip(lines))
        {
            var v4 = datagram.Remote.AddressFamily == AddressFamily.InterNetwork;
            var fields = line.Split('|');
            Assert.Equal(datagram.Remote.Address.ToString(), fields[v4 ? 0 : 1]);
            Assert.Equal(v4 ? Local.Address.ToString() : "", fields[2]);
            Assert.Equal((datagram.Remote.Port.ToString(CultureInfo.InvariantCulture), "9000"), (fields[3], fields[4]));
            Assert.Equal(Convert.ToHexStringLower(datagram.Payload.Span), fields[5]);
            Assert.Equal((datagram.ReceivedAt - DateTimeOffset.UnixEpoch).Ticks * 100, Nanoseconds(fields[6]));
            Assert.Equal((v4 ? "1" : "", "1", ""), (fields[7], fields[8], fields[9]));
            Assert.Equal((datagram.Payload.Length + (v4 ? 28 : 48)).ToString(CultureInfo.InvariantCulture), fields[10]);
            Assert.Equal(fields[10], fields[11]);
        }
    }

    [WiresharkFact]
    public void IPv6_to_an_IPv6_endpoint()
    {
        using var file = new TemporaryFile();
        Datagrams().ToObservable().WriteCapture(file.Path, Local6).Subscribe();

        Assert.Equal(
            Datagrams().Select(d => d.Remote.AddressFamily == AddressFamily.InterNetwork ? "|0.0.0.0|1" : Local6.Address + "||1"),
            Wireshark.Run("tshark", "-r", file.Path, "-o", "udp.check_checksum:TRUE", "-T", "fields", "-E", "separator=|", "-e", "ipv6.dst", "-e", "ip.dst", "-e", "udp.checksum.status"));
    }

    [WiresharkFact]
    public void The_section_and_the_interface_are_described()
    {
        using var file = new TemporaryFile();
        Datagrams().ToObservable().WriteCapture(file.Path, Local, new CaptureWriteOptions { Application = "drone lab", SnapLength = 60 }).Subscribe();

        var description = string.Join('\n', Wireshark.Run("capinfos", "-M", file.Path));

        Assert.Contains("drone lab", description, StringComparison.Ordinal);
        Assert.Contains("Encapsulation = Raw IP", description, StringComparison.Ordinal);
        Assert.Contains("Time precision = nanoseconds (9)", description, StringComparison.Ordinal);
        Assert.Contains("Name = 198.51.100.2:9000", description, StringComparison.Ordinal);
        Assert.Contains("Capture length = 60", description, StringComparison.Ordinal);
        Assert.All(
            Wireshark.Run("tshark", "-r", file.Path, "-T", "fields", "-e", "frame.cap_len"),
            length => Assert.InRange(int.Parse(length, CultureInfo.InvariantCulture), 28, 60));
    }

    [WiresharkFact]
    public void A_virtual_clock_in_the_year_1_is_no_obstacle()
    {
        using var file = new TemporaryFile();
        Observable.Return(new Datagram(new byte[] { 1, 2 }, Packets.Endpoint(), DateTimeOffset.MinValue.AddTicks(200), default)).WriteCapture(file.Path, Local).Subscribe();

        Assert.Equal("0102", Assert.Single(Wireshark.Run("tshark", "-r", file.Path, "-T", "fields", "-e", "udp.payload")));
    }

    [WiresharkFact]
    public void What_editcap_converts_reads_back_the_same()
    {
        using var file = new TemporaryFile();
        Datagrams().ToObservable().WriteCapture(file.Path, Local).Subscribe();
        foreach (var (format, tick) in new[] { ("pcap", 10), ("nsecpcap", 1), ("pcapng", 1) })
        {
            using var converted = new TemporaryFile();
            Wireshark.Run("editcap", "-F", format, file.Path, converted.Path);

            var read = Reading.Of(File.ReadAllBytes(converted.Path));

            Assert.Null(read.Error);
            Assert.Equal(
                Datagrams().Select(d => (Convert.ToHexStringLower(d.Payload.Span), d.Remote, d.ReceivedAt.UtcTicks / tick)),
                read.Datagrams.Select(d => (Convert.ToHexStringLower(d.Payload.Span), d.Remote, d.ReceivedAt.UtcTicks / tick)));
        }
    }

    private static Datagram[] Datagrams() =>
    [
        .. Enumerable.Range(0, 64).Select(n => new Datagram(
            Enumerable.Range(0, n * 11).Select(i => (byte)(i * n)).ToArray(),
            new UdpEndpoint(n % 3 == 0 ? Packets.From6 : IPAddress.Parse($"10.1.{n}.255"), 40000 + n),
            Then.AddTicks(n * 1_234_567L),
            default)),
    ];

    private static long Nanoseconds(string text)
    {
        var parts = text.Split('.');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture) * 1_000_000_000) + long.Parse(parts[1].PadRight(9, '0'), CultureInfo.InvariantCulture);
    }
}
