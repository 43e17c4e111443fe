using System.Reactive.Linq;
using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Metrics;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// The gate of the window operators: values, ticks and the end from many threads are taken one at a time, values in order and each once, and nothing waits when nobody
/// is at work.
/// </summary>
internal sealed class SinkScenario : Scenario, IObserver<int>
{
    private readonly Sink _sink;
    private readonly bool _callsBack;
    private int _values;
    private int _inside;
    private bool _ended;

    public SinkScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _callsBack = random.Next(4) == 0;
        _sink = new Sink(this, this, random.Next(2) == 0);
        var ends = random.Next(2) == 0;
        var disposes = random.Next(5) == 0;
        Clients(2, small ? 2 : 4, small ? 2 : 3, _ => random.Next(8) switch
        {
            6 when ends => End,
            7 when disposes => () => Call("Dispose", 0, 0, () =>
            {
                _sink.Dispose();
                return 0;
            }),
            _ => Send,
        });
        _sink.Run(Observable.Never<int>());
    }

    public override Model Model => new SinkModel();

    protected override int PoolThreads => 1;

    public override void Finish() => Finally("Rest", 0, 0);

    public void OnNext(int value)
    {
        Notice("Emitted", value);
        if (_callsBack && value == 1)
        {
            Send();
        }
    }

    public void OnCompleted()
    {
        Require(!_ended, "The end came twice.");
        _ended = true;
        Notice("Ended");
    }

    public void OnError(Exception error) => Require(false, "An observer got an error that nobody sent: " + error);

    private void Send() => Call("Send", ++_values, 0, () =>
    {
        _sink.OnNext(_values);
        return 0;
    });

    private void End() => Call("End", 0, 0, () =>
    {
        _sink.OnCompleted();
        return 0;
    });

    private void Enter(string name, int value)
    {
        Require(++_inside == 1, "Two things are taken at once.");
        Notice(name, value);
        Interleave.Point(name);
    }

    private sealed class Sink(SinkScenario scenario, IObserver<int> observer, bool ticks) : SerializedSink<int, int>(observer, scenario.Scheduler, WindowOptions.Default)
    {
        private int _ticks;

        protected override void Start()
        {
            if (ticks)
            {
                WakeAt(Subscribed + TimeSpan.TicksPerSecond);
            }
        }

        protected override void Accept(int value, long now)
        {
            scenario.Enter("Took", value);
            Emit(value);
            scenario._inside--;
        }

        protected override void Tick(long now)
        {
            scenario.Require(++scenario._inside == 1, "A tick and a value are taken at once.");
            Interleave.Point("Tick");
            if (++_ticks < 3)
            {
                WakeAt(now + TimeSpan.TicksPerSecond);
            }

            scenario._inside--;
        }

        protected override void Finish(long now)
        {
            scenario.Enter("Finished", 0);
            scenario._inside--;
        }
    }

    private sealed class SinkModel : Model
    {
        private readonly List<int> _waiting = [];
        private int _taken;
        private State _state;

        private enum State
        {
            Open,
            Ending,
            Finished,
            Over,
        }

        public override Model Copy()
        {
            var copy = new SinkModel { _taken = _taken, _state = _state };
            copy._waiting.AddRange(_waiting);
            return copy;
        }

        public override bool TryApply(Effect effect)
        {
            if (_state == State.Over && effect.Name is "Took" or "Finished")
            {
                // Work that was begun goes on, but nobody hears of it.
                return true;
            }

            switch (effect.Name)
            {
                case "Send":
                    if (_state is State.Open or State.Ending)
                    {
                        _waiting.Add(effect.A);
                    }

                    return true;
                case "End":
                    _state = _state == State.Open ? State.Ending : _state;
                    return true;
                case "Took":
                    _taken = effect.A;
                    if (_waiting.Count == 0 || _waiting[0] != effect.A)
                    {
                        return false;
                    }

                    _waiting.RemoveAt(0);
                    return true;
                case "Emitted":
                    return _taken == effect.A && _state != State.Over;
                case "Finished":
                    // What came before the end has been taken.
                    var ends = _state == State.Ending && _waiting.Count == 0;
                    _state = State.Finished;
                    return ends;
                case "Ended":
                    var ended = _state == State.Finished;
                    _state = State.Over;
                    return ended;
                case "Dispose":
                    _state = State.Over;
                    _waiting.Clear();
                    return true;
                default:
                    // Rest
                    return (_waiting.Count == 0 && _state == State.Open) || _state == State.Over;
            }
        }

        public override void WriteKey(List<int> key)
        {
            key.Add((int)_state);
            key.Add(_taken);
            key.AddRange(_waiting);
        }
    }
}
