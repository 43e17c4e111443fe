using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Diagnostics;
using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// A hot stream with many producers: observers come and go, throw, and call back in. Each sees one order, serialized, and nothing after the end; none misses what
/// it need not, and nothing stays in its queue with nobody to deliver it.
/// </summary>
internal sealed class HubScenario : Scenario
{
    private const int MaximumObservers = 3;

    private readonly IObservable<int> _hub;
    private readonly Action<int> _send;
    private readonly Action _end;
    private readonly Func<long> _missed;
    private readonly bool _isOrdered;
    private readonly bool _replays;
    private readonly int _capacity;
    private readonly IDisposable?[] _subscriptions = new IDisposable?[MaximumObservers];
    private readonly bool _throws;
    private readonly bool _callsBack;
    private int _observers;
    private int _values;
    private bool _disposes;

    public HubScenario(Controller controller, Random random, bool small, bool isOfMetrics)
        : base(controller, random)
    {
        _capacity = random.Next(1, 4);
        _throws = random.Next(5) == 0;
        _callsBack = random.Next(5) == 0;
        _isOrdered = !isOfMetrics;
        _replays = !isOfMetrics && random.Next(2) == 0;
        if (isOfMetrics)
        {
            var hub = new MetricHub<int>(_capacity, _ => { });
            (_hub, _send, _end, _missed) = (hub, hub.OnNext, () => hub.Complete(), () => hub.Missed);
        }
        else
        {
            var hub = _replays ? new SerializedHub<int>(0, _capacity, _ => { }) : new SerializedHub<int>(_capacity, _ => { });
            (_hub, _send, _end, _missed) = (hub, hub.OnNext, () => hub.Terminate(error: null), () => hub.Dropped);
        }

        _observers = 1;
        var ends = random.Next(3) == 0;
        Clients(2, small ? 2 : 3, small ? 2 : 3, _ => random.Next(10) switch
        {
            < 5 => Send,
            5 or 6 when _observers < MaximumObservers => Subscriber(_observers++),
            7 => Dispose(random.Next(_observers)),
            8 when ends => End,
            _ => Send,
        });

        // One is there before.
        Subscribe(0);
    }

    public override Model Model => new HubModel(_observers, _capacity, _isOrdered, _replays);

    /// <summary>Where observers need not see one order, each is compared for itself.</summary>
    public override IEnumerable<(Model Model, IReadOnlyList<Effect> Effects)> Checks => _isOrdered
        ? base.Checks
        : Enumerable.Range(0, _observers).Select(observer => (Model, (IReadOnlyList<Effect>)[.. Effects.Where(effect => Concerns(effect, observer))]));

    public override void Finish()
    {
        for (var observer = 0; observer < _observers; observer++)
        {
            Finally("Rest", observer, 0);
        }

        if (!_disposes && !_throws && (_isOrdered || _observers == 1))
        {
            Finally("Missed", 0, (int)_missed());
        }
    }

    private static bool Concerns(Effect effect, int observer) => effect.Name switch
    {
        "Subscribe" or "Dispose" or "Rest" => effect.A == observer,
        "Post" or "Last" or "Got" or "Threw" => effect.B == observer,
        _ => true,
    };

    private void Send() => Send(++_values);

    private void Send(int value)
    {
        if (value > (_isOrdered ? 6 : 4))
        {
            return;
        }

        var effect = Begin("Send", value);
        _send(value);
        End(effect);

        // Who is there is seen at one moment; then each gets it at its own.
        for (var observer = 0; observer < _observers; observer++)
        {
            Then(effect, "Post", value, observer);
        }
    }

    private void End()
    {
        var effect = Begin("End");
        _end();
        End(effect);
        if (!_isOrdered)
        {
            for (var observer = 0; observer < _observers; observer++)
            {
                Then(effect, "Last", 0, observer);
            }
        }
    }

    private Action Subscriber(int observer) => () => Subscribe(observer);

    private void Subscribe(int observer)
    {
        var effect = Begin("Subscribe", observer);
        _subscriptions[observer] = _hub.Subscribe(new Observer(this, observer));
        End(effect);
    }

    private Action Dispose(int observer)
    {
        _disposes = true;
        return () =>
        {
            if (_subscriptions[observer] is { } subscription)
            {
                Call("Dispose", observer, 0, () =>
                {
                    subscription.Dispose();
                    return 0;
                });
            }
        };
    }

    private sealed class Observer(HubScenario scenario, int number) : IObserver<int>
    {
        private int _inside;
        private bool _ended;

        public void OnNext(int value)
        {
            Enter();
            scenario.Notice("Got", value, number);
            Interleave.Point("OnNext");
            if (scenario._callsBack && value <= 2)
            {
                scenario.Send();
            }

            _inside--;
            if (scenario._throws && value % 3 == 0)
            {
                scenario.Notice("Threw", value, number);
                throw new InvalidOperationException("the observer's");
            }
        }

        public void OnCompleted()
        {
            Enter();
            _ended = true;
            scenario.Notice("Got", HubModel.TheEnd, number);
            Interleave.Point("OnCompleted");
            _inside--;
        }

        public void OnError(Exception error) => scenario.Require(false, "An observer got an error that nobody sent.");

        private void Enter()
        {
            scenario.Require(++_inside == 1, $"Two notifications overlap at observer {number}.");
            scenario.Require(!_ended, $"Observer {number} got something after the end.");
        }
    }
}
