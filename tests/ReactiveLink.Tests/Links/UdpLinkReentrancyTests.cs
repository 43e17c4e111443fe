using System.Net.Sockets;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>
/// Every public operation of a link, called from inside every kind of callback, on real sockets: directly on the callback's own thread, and on
/// another thread that the callback waits for. Every pair finishes within a deadline.
/// </summary>
public sealed class UdpLinkReentrancyTests
{
    public enum Operation
    {
        Dispose,
        DisposeAsync,
        Send,
        Subscribe,
        Handle,
        Unhandle,
        Snapshot,
        Reset,
        Receive,
        Start,
        Peers,
    }

    public enum Callback
    {
        Datagram,
        Frame,
        Message,
        Handler,
        SyncHandler,
        Predicate,
        Fault,
        State,
        Statistics,
    }

    public static TheoryData<Operation, Callback, bool> Pairs()
    {
        var pairs = new TheoryData<Operation, Callback, bool>();
        foreach (var operation in Enum.GetValues<Operation>())
        {
            foreach (var callback in Enum.GetValues<Callback>())
            {
                pairs.Add(operation, callback, false);
                pairs.Add(operation, callback, true);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Pair_finishes(Operation operation, Callback callback, bool onAnotherThread)
    {
        await using var link = UdpLink.Open("127.0.0.1:0", options => options with { StatisticsInterval = TimeSpan.FromMilliseconds(5) });
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        var unhandle = link.Handle(new MessageType("unused"), _ => { });
        void Act()
        {
            if (Interlocked.Increment(ref calls) != 1)
            {
                return;
            }

            try
            {
                if (onAnotherThread)
                {
                    var thread = new Thread(() => Run(link, operation, unhandle)) { IsBackground = true };
                    thread.Start();
                    Assert.True(thread.Join(TimeSpan.FromSeconds(15)), "the other thread hangs");
                }
                else
                {
                    Run(link, operation, unhandle);
                }

                finished.TrySetResult();
            }
            catch (Exception exception)
            {
                finished.TrySetException(exception);
            }
        }

        Register(link, callback, Act);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.SendToAsync(callback == Callback.Fault ? new byte[] { 1 } : Wire.Message(0), link.LocalEndpoint.ToIPEndPoint());

        await Deadline.Within(finished.Task);
    }

    private static void Run(UdpLink link, Operation operation, IDisposable unhandle)
    {
        switch (operation)
        {
            case Operation.Dispose:
                link.Dispose();
                break;
            case Operation.DisposeAsync:
                link.DisposeAsync().AsTask().GetAwaiter().GetResult();
                break;
            case Operation.Send:
                link.SendAsync(1, to: link.LocalEndpoint).AsTask().GetAwaiter().GetResult();
                break;
            case Operation.Subscribe:
                link.Datagrams.Subscribe(_ => { }).Dispose();
                link.Frames.Subscribe(_ => { }).Dispose();
                link.Messages.Subscribe(_ => { }).Dispose();
                link.Faults.Subscribe(_ => { }).Dispose();
                link.State.Subscribe(_ => { }).Dispose();
                link.Statistics.Subscribe(_ => { }).Dispose();
                break;
            case Operation.Handle:
                link.Handle(MessageType.Data, _ => { });
                link.Handle(_ => true, static (_, _) => default);
                break;
            case Operation.Unhandle:
                unhandle.Dispose();
                break;
            case Operation.Snapshot:
                Assert.Equal(0, link.GetStatistics().Ledger.Unexplained);
                break;
            case Operation.Reset:
                link.ResetStatistics();
                break;
            case Operation.Receive:
                link.ReceiveAsync(TimeSpan.FromMilliseconds(20)).GetAwaiter().GetResult();
                break;
            case Operation.Start:
                link.Start();
                break;
            default:
                _ = link.GetPeers();
                break;
        }
    }

    private static void Register(UdpLink link, Callback callback, Action act)
    {
        switch (callback)
        {
            case Callback.Datagram:
                link.Datagrams.Subscribe(_ => act());
                break;
            case Callback.Frame:
                link.Frames.Subscribe(_ => act());
                break;
            case Callback.Message:
                link.Messages.Subscribe(_ => act());
                break;
            case Callback.Handler:
                link.Handle(MessageType.Data, (_, _) =>
                {
                    act();
                    return default;
                });
                break;
            case Callback.SyncHandler:
                link.Handle(MessageType.Data, _ => act());
                break;
            case Callback.Predicate:
                link.Handle(
                    _ =>
                    {
                        act();
                        return true;
                    },
                    _ => { });
                break;
            case Callback.Fault:
                link.Faults.Subscribe(_ => act());
                break;
            case Callback.State:
                link.State.Subscribe(_ => act());
                break;
            default:
                link.Statistics.Subscribe(_ => act());
                break;
        }
    }
}
