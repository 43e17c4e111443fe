using System.Net;
using ReactiveLink.Tool.Listening;

namespace ReactiveLink.Tool.Tests.Listening;

/// <summary>Forged addresses must not take memory without bound.</summary>
public sealed class PeerBookkeepingTests
{
    [Fact]
    public void Distinct_peers_are_counted_up_to_the_bound()
    {
        var count = new PeerCount();
        for (var i = 0; i < PeerCount.Maximum + 1000; i++)
        {
            var peer = new UdpEndpoint(new IPAddress(i), 1000);
            count.Add(peer);
            count.Add(peer);
            count.Add(new UdpEndpoint(new IPAddress(0), 1000));
        }

        Assert.Equal(PeerCount.Maximum, count.Count);
    }

    [Fact]
    public void The_board_has_bounded_rows_and_counts_the_others_together()
    {
        var board = new PeerBoard();
        for (var i = 0; i < PeerBoard.Maximum + 7; i++)
        {
            board.Add(CreateMessage(new UdpEndpoint(new IPAddress(i), 1000)));
        }

        board.Add(CreateMessage(new UdpEndpoint(new IPAddress(0), 1000)));

        Assert.Equal(PeerBoard.Maximum, board.Rows.Count);
        Assert.Equal(2, board.Rows[0].Messages);
        Assert.Equal(7, board.Others);
    }

    [Fact]
    public void A_silent_peer_gives_its_row_to_a_new_one_and_one_that_is_heard_again_keeps_it()
    {
        var board = new PeerBoard();
        for (var i = 0; i < PeerBoard.Maximum; i++)
        {
            board.Add(CreateMessage(new UdpEndpoint(new IPAddress(i), 1000)));
        }

        board.MayGiveWay(board.Rows[0]);
        board.MayGiveWay(board.Rows[1]);
        board.Add(CreateMessage(new UdpEndpoint(new IPAddress(0), 1000)));
        var late = new UdpEndpoint(new IPAddress(PeerBoard.Maximum), 1000);
        board.Add(CreateMessage(late));
        board.Add(CreateMessage(late));
        board.Add(CreateMessage(new UdpEndpoint(new IPAddress(1), 1000)));

        Assert.Equal(PeerBoard.Maximum, board.Rows.Count);
        Assert.Equal(2, board.Rows[0].Messages);
        Assert.Equal(late, board.Rows[^1].Peer);
        Assert.Equal(2, board.Rows[^1].Messages);

        // What the one that gave way had sent, and its message since.
        Assert.Equal(2, board.Others);
    }

    private static Message CreateMessage(UdpEndpoint peer)
    {
        var datagram = new Datagram(new byte[] { 1 }, peer, default, default);
        return new Message(new Sequenced<Frame>(new Frame(datagram, datagram.Payload, sequence: null), 0, default, Peer: null), new MessageMetadata(), datagram.Payload, DataFormat.Binary);
    }
}
