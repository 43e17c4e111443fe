using System.Net;
using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Messages;
using ReactiveLink.Routing;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// A handler that is drained while items are offered to it, handlers fail and time out, and somebody cuts it off or disposes of it: what is offered after that is refused
/// and told, what was there is handled, and the drain is over only when all of it has ended and every fault of it has been told.
/// </summary>
internal sealed class DrainScenario : Scenario
{
    private const int MaximumItems = 16;

    private readonly BoundedHandler<Item> _handler;
    private readonly int _capacity;
    private readonly int _concurrency;
    private readonly bool _goesOnAsync;
    private readonly bool _throws;
    private readonly Effect?[] _offers = new Effect?[MaximumItems];
    private readonly bool[] _told = new bool[MaximumItems];
    private readonly List<Task> _drains = [];
    private int _items;
    private int _running;
    private long _dropped;

    public DrainScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _capacity = random.Next(1, 4);
        _concurrency = random.Next(1, 3);
        _goesOnAsync = random.Next(3) == 0;
        _throws = random.Next(3) == 0;
        var stops = random.Next(3) == 0;
        _handler = new BoundedHandler<Item>(
            Handle,
            cancellable: random.Next(2) == 0,
            new HandlerOptions<Item>
            {
                Capacity = _capacity,
                Concurrency = _concurrency,
                Overflow = random.Next(2) == 0 ? OverflowPolicy.DropNewest : OverflowPolicy.DropOldest,
                Timeout = random.Next(4) == 0 ? TimeSpan.FromSeconds(1) : Timeout.InfiniteTimeSpan,
            },
            "explored",
            Scheduler,
            Take);
        Clients(2, small ? 2 : 3, small ? 2 : 4, _ => random.Next(8) switch
        {
            0 or 1 => Drain,
            2 when stops => () => Stop(isCutOff: true),
            3 when stops => () => Stop(isCutOff: false),
            _ => Offer(_items++),
        });
    }

    public override Model Model => new DrainModel(_items);

    protected override int PoolThreads => 2;

    public override void Finish()
    {
        Require(_drains.TrueForAll(drain => drain.IsCompletedSuccessfully), "Nothing is left, and a drain does not end.");
        var statistics = _handler.GetStatistics();
        Require(statistics is { Running: 0, Overdue: 0, Pending: 0 }, $"Something is left: {statistics}");
        Require(statistics.Offered == _items, "Not every item offered was counted.");
        Require(statistics.Handled + statistics.Failed + statistics.TimedOut + statistics.Dropped == _items, $"The counts do not add up: {statistics}");

        // One whose end is told has not ended before.
        foreach (var effect in Effects.Where(effect => effect.Name == "Return"))
        {
            effect.Result = _told[effect.A] ? 1 : 0;
        }

        Require(_dropped <= statistics.Dropped, $"More items are told to be dropped than are: {statistics}");
    }

    private Action Offer(int number) => () =>
    {
        var offer = _offers[number] = Begin("Offer", number);
        _handler.Offer(new Item(number));
        End(offer);
    };

    private void Drain()
    {
        var drain = Begin("Drain");
        var task = _handler.DrainAsync();
        End(drain);
        _drains.Add(task);
        var drained = Begin("Drained", after: drain);
        drained.Begin = drain.Begin;
        EndWhen(drained, () => task.IsCompleted, _ => { });
    }

    private void Stop(bool isCutOff) => Call(isCutOff ? "CutOff" : "Dispose", 0, 0, () =>
    {
        if (isCutOff)
        {
            _handler.CutOff();
        }
        else
        {
            _handler.Dispose();
        }

        return 0;
    });

    private void Take(Fault fault)
    {
        if (fault.Peer is not { } peer)
        {
            // What waited when it was cut off, all together.
            Require(fault.Reason == FaultReason.Draining, $"A fault without an item: {fault}");
            _dropped += fault.Count;
            Tell("ToldOfAll", (int)fault.Count);
            return;
        }

        var number = peer.Port;
        Require(!_told[number], $"The end of item {number} is told twice.");
        _told[number] = true;
        _dropped += fault.Reason is FaultReason.Draining or FaultReason.QueueFull ? 1 : 0;
        Tell("Told", number, (int)fault.Reason);
    }

    /// <summary>Told is what has been told: the last moment counts.</summary>
    private void Tell(string name, int a, int b = 0)
    {
        RequireNoLock();
        Interleave.Point("a fault");
        End(Begin(name, a, b));
    }

    private ValueTask Handle(Item item, CancellationToken cancel)
    {
        Require(++_running <= _concurrency, "More run at once than may.");

        Notice("Start", item.Number);
        Interleave.Point("the handler");
        if (_goesOnAsync && item.Number % 2 == 0)
        {
            var rest = new ControlledTask(Controller);
            Controller.Work.Enqueue(() =>
            {
                Return(item);
                rest.Complete();
            });
            return rest.Task;
        }

        Return(item);
        return Fails(item) ? throw new InvalidOperationException("the handler's") : default;
    }

    private bool Fails(Item item) => _throws && item.Number % 3 == 0;

    private void Return(Item item)
    {
        _running--;
        Notice("Return", item.Number);
    }

    private sealed class Item(int number) : IHasPeer
    {
        public int Number => number;

        public UdpEndpoint Peer { get; } = new(IPAddress.Loopback, number);

        public Message Envelope => TestMessages.Of(0, number);
    }

    private sealed class DrainModel(int items) : Model
    {
        private readonly ItemState[] _states = new ItemState[Math.Max(items, 1)];
        private bool _draining;
        private bool _stopped;

        private enum ItemState
        {
            New,
            Accepted,
            Refused,
            Running,
            Returned,
            Overdue,
            Ended,
        }

        public override Model Copy()
        {
            var copy = new DrainModel(items) { _draining = _draining, _stopped = _stopped };
            _states.CopyTo(copy._states, 0);
            return copy;
        }

        public override bool TryApply(Effect effect)
        {
            ref var state = ref _states[effect.Name is "Offer" or "Start" or "Return" or "Told" ? effect.A : 0];
            switch (effect.Name)
            {
                case "Offer":
                    state = _draining || _stopped ? ItemState.Refused : ItemState.Accepted;
                    return true;
                case "Start":
                    return TryStart(ref state);
                case "Return":
                    state = state != ItemState.Running ? state : effect.Result == 1 ? ItemState.Returned : ItemState.Ended;
                    return true;
                case "Told":
                    return TryTell(ref state, (FaultReason)effect.B);
                case "Drain":
                    _draining = true;
                    return true;
                case "Drained":
                    return _stopped || Array.TrueForAll(_states, one => one is ItemState.New or ItemState.Overdue or ItemState.Ended);
                case "ToldOfAll":
                    return _stopped && _draining;
                default:
                    // CutOff, Dispose
                    _stopped = true;
                    return true;
            }
        }

        public override void WriteKey(List<int> key)
        {
            key.Add((_draining ? 1 : 0) + (_stopped ? 2 : 0));
            foreach (var state in _states)
            {
                key.Add((int)state);
            }
        }

        private static bool TryStart(ref ItemState state)
        {
            var can = state is ItemState.Accepted or ItemState.Overdue;
            state = state == ItemState.Overdue ? ItemState.Ended : ItemState.Running;
            return can;
        }

        private bool TryTell(ref ItemState state, FaultReason reason)
        {
            var can = reason switch
            {
                FaultReason.QueueFull => state == ItemState.Accepted,

                // One that is disposed of between leaving the queue and its handler.
                FaultReason.Draining => state == ItemState.Refused || (_stopped && _draining && state == ItemState.Accepted),

                // One that had a place, and was not handed over yet.
                FaultReason.HandlerTimeout => state is ItemState.Accepted or ItemState.Running or ItemState.Returned,
                _ => state == ItemState.Returned,
            };
            state = reason == FaultReason.HandlerTimeout && state == ItemState.Accepted ? ItemState.Overdue : ItemState.Ended;
            return can;
        }
    }
}
