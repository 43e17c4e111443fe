using System.Collections.Concurrent;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Stress;

/// <summary>
/// Senders, observers that come and go, handlers that throw, and links disposed of from their own callbacks. The ledger balances whenever it is read, every stream keeps
/// the grammar and ends once.
/// </summary>
internal sealed class LinkStorm(Watchdog watchdog, Func<UdpLink> listen, Func<UdpLink, UdpLink> connect, string name) : Storm(watchdog)
{
    private readonly ConcurrentQueue<(string Name, Func<int> Breaches, Func<int> Terminals)> _observers = new();
    private UdpLink _listener = null!;
    private UdpLink _sender = null!;
    private long _sent;
    private long _refused;
    private long _subscribed;
    private long _handled;
    private long _opened;

    public override string Summary =>
        $"{name}: {_sent:N0} sent ({_refused:N0} refused), {_handled:N0} handled, {_subscribed:N0} subscriptions, {_opened:N0} links opened and disposed of";

    protected override void Begin()
    {
        _listener = listen();
        _sender = connect(_listener);
        Observe(_listener, "listener");
        Observe(_sender, "sender");
        _listener.Handle(MessageType.Data, _ => Interlocked.Increment(ref _handled));
        _listener.Handle(MessageType.Data, _ => Interlocked.Increment(ref _handled) % 7 == 0 ? throw new InvalidOperationException("the handler's") : Task.CompletedTask);
        for (var i = 0; i < 3; i++)
        {
            var priority = (Priority)((int)Priority.Low + i);
            Repeat($"sender {i}", worker =>
            {
                worker.Step("send");
                Send(_sender, priority);
            });
        }

        Repeat("subscriber", worker =>
        {
            worker.Step("subscribe");
            using var messages = _listener.Messages.Subscribe(static _ => { });
            using var frames = _listener.Frames.Subscribe(_ => throw new InvalidOperationException("the observer's"));
            using var statistics = _listener.Statistics.Subscribe(static _ => { });
            worker.Step("handle");
            _listener.Handle(MessageType.Command, static (_, _) => default).Dispose();
            Interlocked.Add(ref _subscribed, 3);
        });
        Repeat("reader", worker =>
        {
            worker.Step("read");
            Require(_listener.GetStatistics().Ledger.Unexplained == 0, "The listener's ledger does not balance.");
            Require(_sender.GetStatistics().Ledger.Unexplained == 0, "The sender's ledger does not balance.");
            worker.Step("reset");
            _listener.ResetStatistics();
        });
        Repeat("disposer", DisposeFromCallback);
    }

    protected override void Finish()
    {
        _sender.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _listener.DisposeAsync().AsTask().GetAwaiter().GetResult();
        WaitUntil(() => _observers.All(observer => observer.Terminals() == 1), "the end of every stream");
        foreach (var observer in _observers)
        {
            Require(observer.Breaches() == 0, $"{observer.Name}: Rx's grammar was broken.");
            Require(observer.Terminals() == 1, $"{observer.Name}: {observer.Terminals()} ends.");
        }

        Require(_listener.GetStatistics().Ledger.Unexplained == 0, "The listener's ledger does not balance at the end.");
    }

    private void Send(UdpLink link, Priority priority)
    {
        try
        {
            link.SendAsync(1, priority).AsTask().GetAwaiter().GetResult();
            Interlocked.Increment(ref _sent);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or DatagramSendException)
        {
            Interlocked.Increment(ref _refused);
        }
    }

    /// <summary>A link of its own, disposed of from a callback, from two threads, while somebody sends to it.</summary>
    private void DisposeFromCallback(Worker worker)
    {
        worker.Step("open");
        var link = listen();
        var peer = connect(link);
        Interlocked.Add(ref _opened, 2);
        Observe(link, "short-lived");
        link.Messages.Subscribe(_ => link.Dispose());
        peer.State.Subscribe(_ => _ = link.CurrentState);
        worker.Step("send to it");
        Send(peer, Priority.Normal);
        worker.Step("dispose");
        var beside = new Thread(peer.Dispose) { IsBackground = true };
        beside.Start();
        link.Dispose();
        beside.Join();
    }

    private void Observe(UdpLink link, string of)
    {
        Observe(link.Messages, of + " messages");
        Observe(link.Frames, of + " frames");
        Observe(link.Faults, of + " faults");
        Observe(link.State, of + " state");
    }

    private void Observe<T>(IObservable<T> stream, string of)
    {
        var observer = new GrammarObserver<T>();
        stream.Subscribe(observer);
        _observers.Enqueue((of, () => observer.Breaches, () => observer.Terminals));
        if (_observers.Count > 10_000 && _observers.TryDequeue(out var old))
        {
            // Those long ended need not be kept to the end of a long run.
            _observers.Enqueue(old);
        }
    }
}
