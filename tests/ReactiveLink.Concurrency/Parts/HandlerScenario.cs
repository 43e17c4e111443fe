using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Routing;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// A handler with its queue, its threads and its timeout. Every item is handled once or counted as dropped, none is left waiting with nobody to take it, no more run
/// at once than may; and where the newest is dropped, items start in order, and are refused only when all places are taken.
/// </summary>
internal sealed class HandlerScenario : Scenario
{
    private readonly BoundedHandler<int> _handler;
    private readonly int _capacity;
    private readonly int _concurrency;
    private readonly bool _isOrdered;
    private readonly List<Effect> _offers = [];
    private readonly HashSet<int> _started = [];
    private readonly List<Task> _drains = [];
    private readonly bool _goesOnAsync;
    private readonly bool _throws;
    private int _items;
    private int _running;
    private int _faults;

    public HandlerScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _capacity = random.Next(1, 4);
        _concurrency = random.Next(1, 4);
        _goesOnAsync = random.Next(3) == 0;
        _throws = random.Next(4) == 0;
        var disposes = random.Next(4) == 0;
        var times = random.Next(4) == 0;
        var drains = random.Next(4) == 0;
        var overflow = (OverflowPolicy)random.Next(3);
        _isOrdered = overflow == OverflowPolicy.DropNewest && !disposes && !times && !drains;
        _handler = new BoundedHandler<int>(
            Handle,
            cancellable: random.Next(2) == 0,
            new HandlerOptions<int>
            {
                Capacity = _capacity,
                Concurrency = _concurrency,
                Overflow = overflow,
                LatestKey = overflow == OverflowPolicy.LatestPerKey ? static item => (item % 2) == 0 ? "even" : null : null,
                Timeout = times ? TimeSpan.FromSeconds(1) : Timeout.InfiniteTimeSpan,
            },
            "explored",
            Scheduler,
            _ => _faults++);
        Clients(2, small ? 2 : 3, small ? 2 : 4, _ => random.Next(8) switch
        {
            7 when disposes => () => Call("Dispose", 0, 0, () =>
            {
                _handler.Dispose();
                return 0;
            }),
            6 => Look,
            5 when drains => () => Call("Drain", 0, 0, () =>
            {
                _drains.Add(_handler.DrainAsync());
                return 0;
            }),
            _ => Offer(_items++),
        });
    }

    public override Model Model => new HandlerModel(_isOrdered ? _capacity : int.MaxValue, _isOrdered);

    protected override int PoolThreads => 2;

    public override void Finish()
    {
        var statistics = _handler.GetStatistics();
        Require(statistics.Offered == _items, "Not every item offered was counted.");
        Require(statistics is { Running: 0, Overdue: 0 }, $"Something runs still: {statistics}");
        Require(statistics.Pending == 0, $"Items wait and nobody takes them: {statistics}");
        Require(statistics.Handled + statistics.Failed + statistics.TimedOut + statistics.Dropped == _items, $"The counts do not add up: {statistics}");
        Require(_drains.TrueForAll(drain => drain.IsCompletedSuccessfully), "Nothing is left, and a drain does not end.");
        foreach (var offer in _offers)
        {
            // A refused item was never in; one that started took a place and went in.
            if (_isOrdered && !_started.Contains(offer.A))
            {
                offer.Result = 1;
            }
            else if (_isOrdered)
            {
                Then(offer, "Put", offer.A);
            }
        }
    }

    private Action Offer(int item) => () =>
    {
        var effect = Begin("Place", item);
        _offers.Add(effect);
        _handler.Offer(item);
        End(effect);
    };

    private void Look()
    {
        var statistics = _handler.GetStatistics();
        Require(statistics.Running + statistics.Overdue <= _concurrency, "More run than may.");
        Require(statistics.Pending <= _capacity, "More wait than may.");
    }

    private ValueTask Handle(int item, CancellationToken cancel)
    {
        Require(++_running <= _concurrency, "More run at once than may.");
        Require(_started.Add(item), "An item was handled twice.");
        if (_isOrdered)
        {
            var start = Notice("Start", item);
            Then(start, "Free");
        }

        Interleave.Point("the handler");
        if (_goesOnAsync && item % 2 == 0)
        {
            var rest = new ControlledTask(Controller);
            Controller.Work.Enqueue(() =>
            {
                _running--;
                rest.Complete();
            });
            return rest.Task;
        }

        _running--;
        return _throws && item % 3 == 0 ? throw new InvalidOperationException("the handler's") : default;
    }

    private sealed class HandlerModel(int capacity, bool isOrdered) : Model
    {
        private readonly List<int> _items = [];
        private int _places;

        public override Model Copy()
        {
            var copy = new HandlerModel(capacity, isOrdered) { _places = _places };
            copy._items.AddRange(_items);
            return copy;
        }

        public override bool TryApply(Effect effect)
        {
            switch (effect.Name)
            {
                case "Place" when effect.Result == 1:
                    return _places == capacity;
                case "Place":
                    return _places++ < capacity;
                case "Put":
                    _items.Add(effect.A);
                    return true;
                case "Free":
                    _places--;
                    return true;
                case "Start":
                    var isFirst = _items.Count > 0 && _items[0] == effect.A;
                    _items.Remove(effect.A);
                    return isFirst;
                default:
                    // Dispose, Drain
                    return !isOrdered;
            }
        }

        public override void WriteKey(List<int> key)
        {
            key.Add(_places);
            key.AddRange(_items);
        }
    }
}
