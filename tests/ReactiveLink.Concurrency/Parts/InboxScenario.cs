using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Links;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>The queue behind ReceiveAsync: a message goes to the call that waits longest, else it waits itself.</summary>
internal sealed class InboxScenario : Scenario
{
    private const int Nothing = -1;
    private const int Cancelled = -2;
    private const int Refused = -3;

    private readonly MessageInbox _inbox;
    private readonly int _capacity;
    private readonly CancellationTokenSource[] _cancellations = new CancellationTokenSource[16];
    private int _messages;
    private int _calls;

    public InboxScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _capacity = random.Next(1, 4);
        _inbox = new MessageInbox(_capacity, Scheduler);
        var completes = random.Next(3) == 0;
        Clients(2, small ? 2 : 4, small ? 2 : 4, _ => random.Next(10) switch
        {
            < 4 => Post(_messages++),
            < 8 => Receive(_calls++, random.Next(4)),
            8 when _calls > 0 => Cancel(random.Next(_calls)),
            9 when completes => () => Call("Complete", 0, 0, () =>
            {
                _inbox.Complete();
                return 0;
            }),
            _ => Post(_messages++),
        });
        for (var call = 0; call < _calls; call++)
        {
            _cancellations[call] = new CancellationTokenSource();
        }
    }

    public override Model Model => new InboxModel(_capacity);

    protected override int PoolThreads => 1;

    public override void Finish()
    {
        // The calls that wait still get nothing now, and what waits is told in order.
        Call("Complete", 0, 0, () =>
        {
            _inbox.Complete();
            return 0;
        });
        Poll();
        Require(Effects.All(effect => effect.End != int.MaxValue), "A call waits although the inbox has ended.");
        int left;
        do
        {
            left = Result(_inbox.ReceiveAsync(TimeSpan.Zero, CancellationToken.None));
            Finally("Ask", 1000, left);
        }
        while (left >= 0);
    }

    private static int Result(Task<Message?> task) => task switch
    {
        { IsCanceled: true } => Cancelled,
        { IsFaulted: true } => Refused,
        _ => task.Result is { } message ? TestMessages.NumberOf(message) : Nothing,
    };

    private Action Post(int number) => () => Call("Post", number, 0, () => _inbox.Post(TestMessages.Of(0, number)) ? 1 : 0);

    private Action Receive(int call, int kind) => () =>
    {
        var ask = Begin("Ask", call, kind == 0 ? 1 : 0);
        var timeout = kind switch { 0 => TimeSpan.Zero, 1 => TimeSpan.FromSeconds(1), _ => Timeout.InfiniteTimeSpan };
        var task = _inbox.ReceiveAsync(timeout, _cancellations[call].Token);
        End(ask);
        if (task.IsCompleted)
        {
            // It may have waited first: both moments are within the call.
            ask.Result = Result(task);
            if (kind != 0)
            {
                ask.Result = Pending(ask, kind, Result(task));
            }

            return;
        }

        ask.Result = InboxModel.Waits;
        var answer = Begin("Answer", call, kind, after: ask);
        answer.Begin = ask.Begin;
        EndWhen(answer, () => task.IsCompleted, effect =>
        {
            effect.Result = Result(task);
            ask.Results = [effect.Result];
        });
    };

    private int Pending(Effect ask, int kind, int result)
    {
        if (result == Refused)
        {
            return result;
        }

        var answer = Then(ask, "Answer", ask.A, kind);
        answer.Result = result;
        ask.Results = [result];
        return InboxModel.WaitsOrNot;
    }

    private Action Cancel(int call) => () => Call("Cancel", call, 0, () =>
    {
        _cancellations[call].Cancel();
        return 0;
    });

    private sealed class InboxModel(int capacity) : Model
    {
        public const int Waits = -10;
        public const int WaitsOrNot = -11;

        private readonly List<int> _messages = [];
        private readonly List<int> _waiting = [];
        private readonly SortedDictionary<int, int> _given = [];
        private readonly SortedSet<int> _cancelled = [];
        private bool _completed;

        public override Model Copy()
        {
            var copy = new InboxModel(capacity) { _completed = _completed };
            copy._messages.AddRange(_messages);
            copy._waiting.AddRange(_waiting);
            copy._cancelled.UnionWith(_cancelled);
            foreach (var (call, message) in _given)
            {
                copy._given.Add(call, message);
            }

            return copy;
        }

        public override bool TryApply(Effect effect)
        {
            switch (effect.Name)
            {
                case "Post":
                    return TryPost(effect.A) == (effect.Result == 1);
                case "Ask":
                    return TryAsk(effect);
                case "Answer":
                    return TryAnswer(effect);
                case "Cancel":
                    // A call that waits leaves when it hears of it, which is its answer.
                    _cancelled.Add(effect.A);
                    return true;
                default:
                    // Complete
                    _completed = true;
                    foreach (var call in _waiting)
                    {
                        _given[call] = Nothing;
                    }

                    _waiting.Clear();
                    return true;
            }
        }

        public override void WriteKey(List<int> key)
        {
            key.Add(_completed ? 1 : 0);
            key.Add(_messages.Count);
            key.AddRange(_messages);
            key.Add(_waiting.Count);
            key.AddRange(_waiting);
            foreach (var (call, message) in _given)
            {
                key.Add(call);
                key.Add(message);
            }

            key.Add(int.MinValue);
            key.AddRange(_cancelled);
        }

        private bool TryPost(int message)
        {
            if (_completed)
            {
                return true;
            }

            if (_waiting.Count > 0)
            {
                _given[_waiting[0]] = message;
                _waiting.RemoveAt(0);
                return true;
            }

            if (_messages.Count == capacity)
            {
                return false;
            }

            _messages.Add(message);
            return true;
        }

        private bool TryAsk(Effect effect)
        {
            // A call looks at its token first, and then again when it waits: a cancellation between the two is seen late.
            var wasCancelled = _cancelled.Contains(effect.A);
            int now;
            if (wasCancelled && (effect.Results is [var answer] ? answer : effect.Result) == Cancelled && (_messages.Count > 0 || _completed || effect.B == 1 || _waiting.Count == capacity))
            {
                now = Cancelled;
            }
            else if (_messages.Count > 0)
            {
                now = _messages[0];
                _messages.RemoveAt(0);
            }
            else if (_completed || effect.B == 1)
            {
                now = Nothing;
            }
            else if (_waiting.Count == capacity)
            {
                now = Refused;
            }
            else
            {
                _waiting.Add(effect.A);
                return effect.Result is Waits or WaitsOrNot;
            }

            if (effect.Result == WaitsOrNot)
            {
                _given[effect.A] = now;
                return now != Refused;
            }

            return now == effect.Result;
        }

        private bool TryAnswer(Effect effect)
        {
            // A timer fires when it will.
            if (effect.Result == Nothing && effect.B == 1 && _waiting.Remove(effect.A))
            {
                return true;
            }

            if (effect.Result == Cancelled && _cancelled.Contains(effect.A) && _waiting.Remove(effect.A))
            {
                return true;
            }

            return _given.Remove(effect.A, out var message) && message == effect.Result;
        }
    }
}
