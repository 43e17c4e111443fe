using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Routing;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// The queue of a handler without a lock. An item takes its place and then goes in: two moments, and so are an item's coming out and its place's being free again.
/// </summary>
internal sealed class QueueScenario : Scenario
{
    private readonly ConcurrentBoundedQueue<int> _queue;
    private readonly int _capacity;
    private readonly bool _dropOldest;
    private int _next;

    public QueueScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _capacity = random.Next(1, 4);
        _dropOldest = random.Next(2) == 0;
        _queue = new ConcurrentBoundedQueue<int>(_capacity, _dropOldest);
        Clients(2, small ? 2 : 4, small ? 2 : 4, _ => random.Next(8) switch
        {
            < 4 => Enqueue(++_next),
            < 7 => Dequeue,
            _ => Count,
        });
    }

    public override Model Model => new QueueModel(_capacity);

    public override void Finish()
    {
        // What is left comes out in order, and then every place is free.
        while (_queue.TryDequeue(out var item))
        {
            Finally("Left", 0, item);
        }

        Finally("Left", 0, 0);
        Finally("Places", 0, _queue.Count);
    }

    private Action Enqueue(int item) => () =>
    {
        var place = Begin("Place", item);
        var result = _queue.Enqueue(item, null, out var dropped);
        End(place);
        place.Result = (int)result;
        switch (result)
        {
            case EnqueueResult.Added:
                Then(place, "Put", item);
                break;
            case EnqueueResult.Displaced:
                Require(_dropOldest, "An item was displaced though the newest is to be dropped.");
                place.Result = dropped;
                Rename(place, item, dropped);
                break;
            default:
                Require(!_dropOldest && dropped == item, "An item was refused though the oldest is to be dropped, or it is not the one refused.");
                break;
        }
    };

    private void Rename(Effect place, int item, int dropped)
    {
        // The place goes from one item to the other: out, then in.
        Remove(place);
        var taken = Then(place, "Take");
        taken.Result = dropped;
        Then(taken, "Put", item);
    }

    private void Dequeue()
    {
        var taken = Begin("Take");
        taken.Result = _queue.TryDequeue(out var item) ? item : 0;
        End(taken);
        if (taken.Result != 0)
        {
            Then(taken, "Free");
        }
    }

    private void Count() => Call("Places", 0, 0, () => _queue.Count);

    private sealed class QueueModel(int capacity) : Model
    {
        private readonly List<int> _items = [];
        private int _places;

        public override Model Copy()
        {
            var copy = new QueueModel(capacity) { _places = _places };
            copy._items.AddRange(_items);
            return copy;
        }

        public override bool TryApply(Effect effect)
        {
            switch (effect.Name)
            {
                case "Place" when effect.Result == (int)EnqueueResult.Refused:
                    return _places == capacity;
                case "Place":
                    return _places++ < capacity;
                case "Put":
                    _items.Add(effect.A);
                    return true;
                case "Free":
                    _places--;
                    return true;
                case "Places":
                    return _places == effect.Result;
                default:
                    // Take, Left
                    if (_items.Count == 0)
                    {
                        return effect.Result == 0;
                    }

                    var first = _items[0];
                    _items.RemoveAt(0);
                    _places -= effect.Name == "Left" ? 1 : 0;
                    return first == effect.Result;
            }
        }

        public override void WriteKey(List<int> key)
        {
            key.Add(_places);
            key.AddRange(_items);
        }
    }
}
