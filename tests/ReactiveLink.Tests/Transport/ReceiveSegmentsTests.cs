using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>Datagrams that come in one piece, whatever engine brought them.</summary>
public sealed class ReceiveSegmentsTests
{
    private static readonly byte[] Bytes = Transports.Random(1000, 1);

    private static UdpTransport Scripted(ScriptedSocket socket, int maximum = 65535) => Transports.Over(
        new UdpTransportOptions { Local = EndpointText.Parse("127.0.0.1:0"), MaximumDatagramSize = maximum }, _ => new ScriptedFactory(socket));

    private static ReceivedDatagram Piece(int length, int segment, int received = int.MaxValue, FaultReason? refused = null) =>
        new(Bytes.AsMemory(0, Math.Min(length, received)), in ScriptedSocket.Peer.Key, refused) { Length = length, SegmentSize = segment };

    [Theory]
    [InlineData(1000, 100, 10, 100)]
    [InlineData(1000, 300, 4, 100)]
    [InlineData(999, 1, 999, 1)]
    [InlineData(1000, 999, 2, 1)]
    public void A_piece_is_split_and_its_last_datagram_may_be_shorter(int length, int segment, int count, int last)
    {
        using var transport = Scripted(new ScriptedSocket().Then(Piece(length, segment)).Then(7));
        var datagrams = Transports.Record(transport.Datagrams);
        transport.Start();

        datagrams.WaitForCount(count + 1);
        var split = datagrams.Values[..count];
        Assert.Equal(Bytes[..length], split.SelectMany(d => d.ToArray()));
        Assert.All(split[..^1], d => Assert.Equal(segment, d.Payload.Length));
        Assert.Equal(last, split[^1].Payload.Length);
        Assert.All(datagrams.Values, d => Assert.Same(split[0].Remote, d.Remote));
        var statistics = transport.GetStatistics();
        Assert.Equal((count + 1, length + 1), (statistics.Ledger.Delivered, statistics.BytesReceived));
        Assert.Equal(0, statistics.Ledger.Unexplained);
    }

    [Theory]
    [InlineData(1000, 300, 600, 2, 2)]
    [InlineData(1000, 300, 650, 2, 2)]
    [InlineData(1000, 300, 950, 3, 1)]
    [InlineData(1000, 300, 100, 0, 4)]
    public void A_cut_piece_gives_its_whole_datagrams_and_counts_the_others_as_truncated(int length, int segment, int received, int whole, int cut)
    {
        using var transport = Scripted(new ScriptedSocket().Then(Piece(length, segment, received)).Then(7));
        var datagrams = Transports.Record(transport.Datagrams);
        var faults = Transports.Record(transport.Faults);
        transport.Start();

        datagrams.WaitForCount(whole + 1);
        Assert.Equal(Bytes[..(whole * segment)], datagrams.Values[..whole].SelectMany(d => d.ToArray()));
        faults.WaitForCount(cut);
        Assert.All(faults.Values, f => Assert.Equal((FaultReason.Truncated, 1, ScriptedSocket.Peer), (f.Reason, f.Count, f.Peer!)));
        var ledger = transport.GetStatistics().Ledger;
        Assert.Equal((whole + cut + 1, whole + 1, cut, 0), (ledger.Received, ledger.Delivered, ledger.Dropped[FaultReason.Truncated], ledger.Unexplained));
    }

    [Fact]
    public void The_largest_size_is_that_of_each_datagram_and_not_of_the_piece()
    {
        using var transport = Scripted(new ScriptedSocket().Then(Piece(1000, 300), Piece(900, 200)), maximum: 250);
        var datagrams = Transports.Record(transport.Datagrams);
        transport.Start();

        // Of 300, 300, 300, 100 the last; of 200, 200, 200, 200, 100 all.
        datagrams.WaitForCount(6);
        Assert.Equal([100, 200, 200, 200, 200, 100], datagrams.Values.Select(d => d.Payload.Length));
        Assert.Equal(3, transport.GetStatistics().Ledger.Dropped[FaultReason.Truncated]);
    }

    [Fact]
    public void A_refused_piece_counts_every_datagram_in_it()
    {
        using var transport = Scripted(new ScriptedSocket().Then(Piece(1000, 300, received: 0, FaultReason.NotMember)).Then(7));
        var datagrams = Transports.Record(transport.Datagrams);
        transport.Start();

        datagrams.WaitForCount(1);
        Assert.Equal(4, transport.GetStatistics().Ledger.Dropped[FaultReason.NotMember]);
    }

    [Fact]
    public void Dispose_inside_a_piece_ends_it_there()
    {
        var transport = Scripted(new ScriptedSocket().Then(Piece(1000, 100)));
        var datagrams = Transports.Record(transport.Datagrams, d =>
        {
            if (d.Payload.Span[0] == Bytes[300])
            {
                transport.Dispose();
            }
        });
        transport.Start();

        datagrams.WaitForEnd();
        Assert.Equal(4, datagrams.Values.Count);
        var ledger = transport.GetStatistics().Ledger;
        Assert.Equal((4, 4), (ledger.Received, ledger.Delivered));
    }
}
