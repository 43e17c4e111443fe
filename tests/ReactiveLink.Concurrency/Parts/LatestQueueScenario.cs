using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Routing;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>The queue that keeps one item for each key.</summary>
internal sealed class LatestQueueScenario : Scenario
{
    private const int Refused = -1;

    private readonly LatestPerKeyQueue<int> _queue;
    private readonly int _capacity;
    private int _next;

    public LatestQueueScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _capacity = random.Next(1, 4);
        _queue = new LatestPerKeyQueue<int>(_capacity);
        Clients(2, small ? 2 : 4, small ? 2 : 4, _ => random.Next(8) switch
        {
            < 4 => Enqueue(++_next, random.Next(3)),
            < 7 => Dequeue,
            _ => Count,
        });
    }

    public override Model Model => new QueueModel(_capacity);

    public override void Finish()
    {
        while (_queue.TryDequeue(out var item))
        {
            Finally("Take", 0, item);
        }

        Finally("Count", 0, _queue.Count);
    }

    private Action Enqueue(int item, int key) => () => Call("Put", item, key, () =>
        _queue.Enqueue(item, key == 0 ? null : key == 1 ? "a" : "b", out var dropped) switch
        {
            EnqueueResult.Added => 0,
            EnqueueResult.Displaced => dropped,
            _ => Refused,
        });

    private void Dequeue() => Call("Take", 0, 0, () => _queue.TryDequeue(out var item) ? item : 0);

    private void Count() => Call("Count", 0, 0, () => _queue.Count);

    private sealed class QueueModel(int capacity) : Model
    {
        private readonly List<(int Key, int Item)> _turns = [];

        public override Model Copy()
        {
            var copy = new QueueModel(capacity);
            copy._turns.AddRange(_turns);
            return copy;
        }

        public override bool TryApply(Effect effect)
        {
            switch (effect.Name)
            {
                case "Put" when _turns.FindIndex(turn => turn.Key == effect.B) is var index and >= 0:
                    var displaced = _turns[index].Item;
                    _turns[index] = (effect.B, effect.A);
                    return effect.Result == displaced;
                case "Put" when _turns.Count == capacity:
                    return effect.Result == Refused;
                case "Put":
                    _turns.Add((effect.B, effect.A));
                    return effect.Result == 0;
                case "Count":
                    return effect.Result == _turns.Count;
                default:
                    if (_turns.Count == 0)
                    {
                        return effect.Result == 0;
                    }

                    var first = _turns[0].Item;
                    _turns.RemoveAt(0);
                    return effect.Result == first;
            }
        }

        public override void WriteKey(List<int> key)
        {
            foreach (var (turn, item) in _turns)
            {
                key.Add(turn);
                key.Add(item);
            }
        }
    }
}
