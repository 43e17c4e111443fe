using System.Net;
using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Links;
using ReactiveLink.Sequencing;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// Who watches a link's peers, while they are heard, fall silent and go, others take their places, and time passes: each observer is told of those who are there first,
/// then of states that there were, each from the one told before; and when all is at rest its picture is that of the table.
/// </summary>
internal sealed class PeerWatchScenario : Scenario
{
    private const int Keys = 3;
    private const int MaximumObservers = 3;

    /// <summary>The transport's clock starts somewhere else.</summary>
    private const long TransportStart = 7 * TimeSpan.TicksPerSecond;

    private static readonly TimeSpan SilentAfter = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(400);
    private static readonly UdpEndpoint[] Endpoints = [.. Enumerable.Range(0, Keys).Select(key => new UdpEndpoint(IPAddress.Loopback, 40_000 + key))];

    private readonly SequenceOptions _options;
    private readonly PeerTable<UdpEndpoint> _table;
    private readonly PeerLiveness _liveness;
    private readonly PeerWheel _wheel;
    private readonly DateTimeOffset _start;
    private readonly int _poolThreads;
    private readonly List<(Effect Effect, int Key, ulong Sequence, long Time)> _heard = [];
    private readonly List<Observer> _observers = [];
    private readonly List<PeerValue>[] _values = [.. Enumerable.Range(0, Keys).Select(_ => new List<PeerValue> { default })];
    private readonly List<Effect>[] _ofKey = [.. Enumerable.Range(0, Keys).Select(_ => new List<Effect>())];
    private readonly List<Effect> _clocks = [];
    private readonly int[] _entered = new int[Explorer.MaximumThreads];
    private readonly bool _throws;
    private readonly bool _disposesItself;
    private int _failed;
    private bool _ended;

    public PeerWatchScenario(Controller controller, Random random, bool small)
        : base(controller, random, maximumTimers: small ? 3 : 8)
    {
        _options = new SequenceOptions { MaximumPeers = random.Next(1, 4), PeerIdleExpiry = TimeSpan.FromMilliseconds(600) };
        _table = new PeerTable<UdpEndpoint>(SequenceSpace.UInt8, _options);
        _liveness = new PeerLiveness(_table, SilentAfter, _options.PeerIdleExpiry, Scheduler);
        _wheel = new PeerWheel(_liveness, Scheduler, Turn, beat: null, _ => _failed++);
        _poolThreads = small ? 1 : random.Next(1, 3);
        _throws = random.Next(8) == 0;
        _disposesItself = random.Next(8) == 0;
        _start = Scheduler.Now;
        Scheduler.Firing = () =>
        {
            Clock();
            _entered[Me] = Controller.Tick();
        };

        // Both clocks are told apart exactly from the first datagram on.
        _liveness.Observe(TransportStart);
        var sequences = new int[Keys];
        Action[] hears = [.. Enumerable.Range(0, random.Next(2, small ? 4 : 7)).Select(number =>
        {
            var key = random.Next(Keys);
            TimeSpan passes = TimeSpan.FromMilliseconds(random.Next(6) switch { 0 => 100, 1 => 350, 2 => 700, _ => 0 });
            var sequence = random.Next(4) == 0 ? (ulong)(number * 20) : (ulong)++sequences[key];
            return (Action)(() => Hear(key, sequence, passes));
        })];
        Client(() => Array.ForEach(hears, hear => hear()));
        var ends = random.Next(4) == 0;
        var watchers = small ? 1 : random.Next(1, 3);
        for (var watcher = 0; watcher < watchers; watcher++)
        {
            Action[] operations = [.. Enumerable.Range(0, random.Next(1, small ? 3 : 4)).Select(_ => random.Next(6) switch
            {
                0 when ends => End,
                1 or 2 => Leave(random.Next(MaximumObservers)),
                _ => (Action)Watch,
            })];
            Client(() => Array.ForEach(operations, operation => operation()));
        }

        if (random.Next(2) == 0)
        {
            Watch();
        }
    }

    public override Model Model => new PeerValueModel(_values[0], _options.PeerIdleExpiry, SilentAfter);

    public override IEnumerable<(Model Model, IReadOnlyList<Effect> Effects)> Checks =>
        from observer in _observers
        from key in Enumerable.Range(0, Keys)
        where observer.Told[key].Count > 0
        select ((Model)new PeerValueModel(_values[key], _options.PeerIdleExpiry, SilentAfter), (IReadOnlyList<Effect>)[.. _clocks, .. _ofKey[key], .. observer.Told[key]]);

    protected override int PoolThreads => _poolThreads;

    private long Elapsed => (Scheduler.Now - _start).Ticks;

    public override void Finish()
    {
        Require(_ended ? Scheduler.Set == 0 : Scheduler.Set <= 1, "The wheel has more timers than it may.");
        Require(_ended || !_observers.Exists(observer => observer.IsLive) || Scheduler.Set == 1, "The wheel stands still, and somebody watches.");
        var turns = _observers.Exists(observer => observer.IsLive);
        Scheduler.Fire();
        Require(_ended || turns || Scheduler.Set == 0, "The wheel turns, and nobody watches.");
        Require(_failed == _observers.Count(observer => observer.HasThrown), "Other observers have failed than those that threw.");
        Replay();
        foreach (var observer in _observers.Where(observer => observer.IsLive))
        {
            Require(observer.HasEnded == _ended, $"Observer {observer.Number} was{(_ended ? " not" : "")} told the end.");
            for (var key = 0; key < Keys && !_ended; key++)
            {
                var state = _values[key][^1].StateAt(Elapsed, _options.PeerIdleExpiry, SilentAfter);
                Require(observer.Picture[key] == state, $"Observer {observer.Number} believes that peer {key} is {observer.Picture[key]}: it is {state}.");
            }
        }
    }

    private void Clock()
    {
        var clock = Begin("Clock", (int)(Elapsed / TimeSpan.TicksPerMillisecond));
        End(clock);
        _clocks.Add(clock);
    }

    private void Hear(int key, ulong sequence, TimeSpan passes)
    {
        if (passes > TimeSpan.Zero)
        {
            Scheduler.Pass(passes);
            Clock();
        }

        var time = TransportStart + Elapsed;
        var hear = Begin("Hear", key, (int)sequence);
        _liveness.Observe(time);
        _table.TryObserve(Endpoints[key], sequence, time, out _, out _);
        End(hear);
        _heard.Add((hear, key, sequence, time));
    }

    private void Watch()
    {
        if (_observers.Count == MaximumObservers)
        {
            return;
        }

        var observer = new Observer(this, _observers.Count);
        _observers.Add(observer);
        var watch = Begin("Watch", observer.Number);
        _entered[Me] = watch.Begin;
        observer.Subscription = _wheel.Subscribe(observer);
        End(watch);
    }

    private Action Leave(int drawn) => () =>
    {
        if (_observers.Count > 0 && _observers[drawn % _observers.Count] is { Subscription: not null } observer)
        {
            Call("Leave", observer.Number, 0, () =>
            {
                observer.Leave();
                return 0;
            });
        }
    };

    private void End() => Call("End", 0, 0, () =>
    {
        _entered[Me] = Controller.Tick();
        _wheel.End(error: null);
        _ended = true;
        return 0;
    });

    /// <summary>What each peer was after each datagram is told by another table, that nobody shares.</summary>
    private void Replay()
    {
        var alone = new PeerTable<UdpEndpoint>(SequenceSpace.UInt8, _options);
        foreach (var (effect, heard, sequence, time) in _heard)
        {
            alone.TryObserve(Endpoints[heard], sequence, time, out _, out _);
            for (var key = 0; key < Keys; key++)
            {
                Effect? last = null;
                foreach (var value in Steps(_values[key][^1], ValueOf(alone, key)))
                {
                    _values[key].Add(value);
                    last = new Effect("Step", effect.Thread, effect.Begin) { A = key, After = last, End = effect.End };
                    _ofKey[key].Add(last);
                }
            }
        }
    }

    /// <summary>One that is new, where it was before, has gone first; one that is heard again lives from then on, and then is known to have been heard twice.</summary>
    private static IEnumerable<PeerValue> Steps(PeerValue before, PeerValue after)
    {
        if (before.Peer is not null && before.Peer != after.Peer)
        {
            yield return default;
            before = default;
        }

        if (after.Peer is not null && before.Peer is not null && before.LastSeen != after.LastSeen && before.IsHeardAgain != after.IsHeardAgain)
        {
            yield return after with { IsHeardAgain = false, IsBeingHeardAgain = true };
        }

        if (before != after)
        {
            yield return after;
        }
    }

    private static PeerValue ValueOf(PeerTable<UdpEndpoint> table, int key)
    {
        for (var place = 0; place < table.Places; place++)
        {
            if (table.Look(place, out var lastSeen) is { } peer && peer.Key.Equals(Endpoints[key]))
            {
                return new PeerValue(peer, lastSeen - TransportStart, peer.GetStatistics().Received > 1);
            }
        }

        return default;
    }

    private sealed class Observer(PeerWatchScenario scenario, int number) : IObserver<PeerTransition>
    {
        private int _inside;
        private int _late;
        private bool _hasHeard;
        private bool _isDisposed;

        public int Number => number;

        public IDisposable? Subscription { get; set; }

        public PeerState[] Picture { get; } = new PeerState[Keys];

        public List<Effect>[] Told { get; } = [.. Enumerable.Range(0, Keys).Select(_ => new List<Effect>())];

        public bool IsLive => !_isDisposed && !HasThrown;

        public bool HasThrown { get; private set; }

        public bool HasEnded { get; private set; }

        public void Leave()
        {
            Subscription!.Dispose();
            _isDisposed = true;
        }

        public void OnNext(PeerTransition transition)
        {
            Enter();
            var (peer, from, to, _, reason) = transition;
            var key = Array.IndexOf(Endpoints, peer);
            scenario.Require(from == Picture[key] && from != to, $"Observer {number} is told that peer {key} goes from {from} to {to}, and knows it as {Picture[key]}.");
            scenario.Require(reason != PeerTransitionReason.Present || !_hasHeard, "Who is present comes first.");
            scenario.Require(IsReason(reason, from, to), $"From {from} to {to} because of {reason}.");
            _hasHeard |= reason != PeerTransitionReason.Present;
            Picture[key] = to;

            // One that has gone may have done so at any time since it was last told of, for it may have come back since: then that is told next.
            var last = Told[key].LastOrDefault();
            var told = scenario.Notice("Told", key, number);
            Told[key].Add(new Effect(from == PeerState.Gone && reason == PeerTransitionReason.Heard ? "Came" : "Told", told.Thread, to == PeerState.Gone ? last?.Begin ?? 0 : scenario._entered[Me])
            {
                A = key,
                After = last,
                End = told.End,
                Result = (int)to,
            });
            told.Result = (int)to;
            Interleave.Point("OnNext");
            _inside--;
            if (scenario._disposesItself && number == 0 && Subscription is not null)
            {
                Leave();
                _late = 1;
            }

            if (scenario._throws && number == 1)
            {
                HasThrown = true;
                throw new InvalidOperationException("the observer's");
            }
        }

        public void OnCompleted()
        {
            Enter();
            HasEnded = true;
            scenario.Notice("Ended", 0, number);
            Interleave.Point("OnCompleted");
            _inside--;
        }

        public void OnError(Exception error) => scenario.Require(false, "An observer got an error that nobody sent: " + error);

        private static bool IsReason(PeerTransitionReason reason, PeerState from, PeerState to) => reason switch
        {
            PeerTransitionReason.Present => from == PeerState.Gone,
            PeerTransitionReason.Heard => to == PeerState.Alive || (to == PeerState.Joined && from == PeerState.Gone),
            PeerTransitionReason.Silence => to == PeerState.Silent,
            _ => to == PeerState.Gone,
        };

        private void Enter()
        {
            scenario.Require(++_inside == 1, $"Two notifications overlap at observer {number}.");
            scenario.Require(!HasEnded && !HasThrown, $"Observer {number} got something after the end.");

            // One that was on its way when somebody else disposed of it.
            scenario.Require(!_isDisposed || ++_late == 1, $"Observer {number} got something after it was disposed of.");
        }
    }
}
