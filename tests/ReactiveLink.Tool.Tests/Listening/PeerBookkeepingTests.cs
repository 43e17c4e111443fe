using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
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

    [Fact]
    public void A_row_keeps_the_beginning_of_the_latest_data_and_not_the_message()
    {
        var board = new PeerBoard();

        var left = AddLargest(board);
        GC.Collect();

        Assert.False(left.IsAlive);
        Assert.Equal(new string('a', 59) + "…", Assert.Single(board.Rows).Latest!.ToText(60));
        Assert.Equal(new string('a', DataPreview.MaximumBytes) + "…", board.Rows[0].Latest!.ToText(1000));
    }

    [Theory]
    [InlineData("short", false, "short")]
    [InlineData(" two\nlines\u001b ", false, "two lines\uFFFD")]
    [InlineData("12", true, "3132")]
    public void Data_are_shown_on_one_line(string data, bool isBinary, string shown) =>
        Assert.Equal(shown, new DataPreview(CreateMessage(Peer, Encoding.UTF8.GetBytes(data), isBinary ? DataFormat.Binary : DataFormat.Text)).ToText(60));

    private static UdpEndpoint Peer { get; } = new(IPAddress.Loopback, 1000);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference AddLargest(PeerBoard board)
    {
        var payload = new byte[65_507];
        payload.AsSpan().Fill((byte)'a');
        board.Add(CreateMessage(Peer, payload, DataFormat.Text));
        return new WeakReference(payload);
    }

    private static Message CreateMessage(UdpEndpoint peer) => CreateMessage(peer, [1], DataFormat.Binary);

    private static Message CreateMessage(UdpEndpoint peer, byte[] payload, DataFormat format)
    {
        var datagram = new Datagram(payload, peer, default, default);
        return new Message(new Sequenced<Frame>(new Frame(datagram, datagram.Payload, sequence: null), 0, default, Peer: null), new MessageMetadata(), datagram.Payload, format);
    }
}
