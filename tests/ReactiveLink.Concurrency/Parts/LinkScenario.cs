using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// A whole link while datagrams arrive, observers and handlers come and go, and somebody disposes of it: every stream keeps Rx's grammar and ends once, the ledger
/// balances whenever it is read, and what was delivered is never more or less than what came.
/// </summary>
internal sealed class LinkScenario : Scenario
{
    private readonly ReceivedTransport _transport;
    private readonly UdpLink _link;
    private readonly List<int[]> _delivered = [[0]];
    private readonly List<Effect> _reads = [];
    private readonly List<Probe> _probes = [];
    private readonly List<Task<Message?>> _receives = [];
    private bool _resets;

    public LinkScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _transport = new ReceivedTransport(Scheduler);
        _link = UdpLink.Over(_transport, new LinkOptions { Frame = FrameFormat.CrcSequenced });
        var datagrams = random.Next(1, small ? 3 : 5);
        var broken = random.Next(datagrams * 2);
        Client(() => _transport.Receive(Enumerable.Range(0, datagrams), number => Arrive(number, number == broken)));
        var others = random.Next(1, small ? 2 : 3);
        for (var other = 0; other < others; other++)
        {
            List<Action> operations = [.. Enumerable.Range(0, random.Next(1, small ? 3 : 4)).Select(_ => Draw(random.Next(9)))];
            if (other == 0)
            {
                operations.Add(_link.Dispose);
            }

            Client(() => operations.ForEach(operation => operation()));
        }

        // There from the beginning: misses nothing.
        Observe(_link.Frames, isFirst: true);
        Observe(_link.State, isFirst: false);
    }

    public override Model Model => new RegisterModel(_delivered);

    public override IEnumerable<(Model Model, IReadOnlyList<Effect> Effects)> Checks => [(Model, _reads)];

    protected override int PoolThreads => 1;

    public override void Finish()
    {
        var ledger = _link.GetStatistics().Ledger;
        Require(ledger.Unexplained == 0, $"The ledger does not balance at the end: {ledger}");
        Require(_probes.TrueForAll(probe => probe.HasEnded), "A stream did not end with its link.");
        Require(_probes.TrueForAll(probe => !probe.IsFirst || probe.Count == _delivered[^1][0]), "An observer that was there all the time did not get all.");
        Require(_receives.TrueForAll(task => task.IsCompleted), "A call of ReceiveAsync waits although the link has ended.");
        Require(_link.CurrentState == ConnectionState.Closed, "The state at the end is not closed.");
    }

    private Action Draw(int number) => number switch
    {
        0 => () => Observe(_link.Messages, isFirst: false),
        1 => () => Observe(_link.Faults, isFirst: false),
        2 => () => Observe(_link.State, isFirst: false),
        3 => HandleForAWhile,
        4 => () => _receives.Add(_link.ReceiveAsync(Timeout.InfiniteTimeSpan)),
        5 => ResetStatistics,
        6 => SendOne,
        _ => Look,
    };

    private void Arrive(int number, bool isBroken)
    {
        var write = Begin(isBroken ? "Broken" : "Write", number);
        if (!isBroken)
        {
            // What comes of it is one more, from some moment of the delivery on.
            _delivered.Add([_delivered[^1][0] + 1]);
            _reads.Add(write);
        }

        var frame = Wire.Message((uint)number);
        _transport.Deliver(isBroken ? Wire.Corrupt(frame) : frame);
        End(write);
    }

    private void Look()
    {
        var read = Begin("Delivered");
        var ledger = _link.GetStatistics().Ledger;
        read.Results = [(int)ledger.Delivered];
        End(read);
        Require(ledger.Unexplained == 0, $"The ledger does not balance: {ledger}");
        if (!_resets)
        {
            _reads.Add(read);
        }
    }

    private void ResetStatistics()
    {
        _resets = true;
        _reads.RemoveAll(effect => effect.Name == "Delivered" && effect.End == int.MaxValue);
        _link.ResetStatistics();
    }

    private void HandleForAWhile() => UnlessDisposed(() => _link.Handle(MessageType.Data, static _ => Interleave.Point("the handler")).Dispose());

    private void SendOne() => UnlessDisposed(() => _ = _link.SendAsync(1, to: Wire.Remote).AsTask());

    private static void UnlessDisposed(Action action)
    {
        try
        {
            action();
        }
        catch (ObjectDisposedException)
        {
            // As documented.
        }
    }

    private void Observe<T>(IObservable<T> stream, bool isFirst)
    {
        var probe = new Probe(this, isFirst);
        _probes.Add(probe);
        stream.Subscribe(new Observer<T>(probe));
    }

    private sealed class Probe(LinkScenario scenario, bool isFirst)
    {
        private int _inside;

        public bool IsFirst => isFirst;

        public bool HasEnded { get; private set; }

        public int Count { get; private set; }

        public void Enter(bool ends)
        {
            scenario.RequireNoLock();
            scenario.Require(++_inside == 1, "Two notifications overlap.");
            scenario.Require(!HasEnded, "Something came after the end.");
            HasEnded = ends;
            Count += ends ? 0 : 1;
            Interleave.Point("an observer");
            _inside--;
        }
    }

    private sealed class Observer<T>(Probe probe) : IObserver<T>
    {
        public void OnNext(T value) => probe.Enter(ends: false);

        public void OnCompleted() => probe.Enter(ends: true);

        public void OnError(Exception error) => probe.Enter(ends: true);
    }
}
