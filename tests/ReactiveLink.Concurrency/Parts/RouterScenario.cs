using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Routing;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// The table of handlers: a message posted goes to those that are there at that moment, once each; a handler starts nothing after its registration is disposed, and
/// what nobody wants is counted.
/// </summary>
internal sealed class RouterScenario : Scenario
{
    private const int MaximumRoutes = 6;

    private static readonly RouteOptions Options = new() { Timeout = Timeout.InfiniteTimeSpan };

    private readonly Router _router;
    private readonly IDisposable?[] _registrations = new IDisposable?[MaximumRoutes];
    private readonly int[] _kinds = new int[MaximumRoutes];
    private int _routes;
    private int _messages;

    // Each once: a second dispose beside the first returns before that is through, as everywhere in Rx.
    private int _removed;

    public RouterScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _router = new Router(Scheduler, _ => Require(false, "There is a fault, though nothing failed."));
        var ends = random.Next(4) == 0;
        Clients(2, small ? 2 : 3, small ? 2 : 3, _ => random.Next(10) switch
        {
            < 4 when _routes < MaximumRoutes => Add(_routes++, random.Next(RouterModel.Kinds)),
            < 6 when _routes > _removed => Remove(_removed++),
            6 => Look,
            7 when ends => End,
            _ => Post(_messages++, random.Next(2)),
        });
    }

    public override Model Model => new RouterModel();

    protected override int PoolThreads => 2;

    public override void Finish()
    {
        Finally("Rest", 0, 0);
        Finally("Unhandled", 0, (int)_router.Unhandled);
        var statistics = _router.GetStatistics();
        Finally("Routes", 0, statistics.Length);
        Require(statistics.All(route => route is { Pending: 0, Running: 0 } && route.Offered == route.Handled), "A route that is there has not handled what it was offered.");
    }

    private Action Add(int route, int kind) => () =>
    {
        var effect = Begin("Add", route, kind);
        _kinds[route] = kind;
        try
        {
            _registrations[route] = kind == RouterModel.ByPredicate
                ? _router.Handle(static message => TestMessages.NumberOf(message) % 2 == 0, message => Handled(route, message), Options)
                : _router.Handle(TestMessages.Types[kind], message => Handled(route, message), Options);
        }
        catch (ObjectDisposedException)
        {
            effect.Result = 1;
        }

        End(effect);
    };

    private void Handled(int route, Message message)
    {
        Notice("Start", TestMessages.NumberOf(message), route);
        Interleave.Point("the handler");
    }

    private Action Remove(int route) => () =>
    {
        if (_registrations[route] is { } registration)
        {
            // It leaves the table, and then takes nothing more.
            var effect = Begin("Remove", route);
            registration.Dispose();
            End(effect);
            Then(effect, "Stop", route);
        }
    };

    private void End()
    {
        // All leave the table together; then one after the other takes nothing more.
        var effect = Begin("End");
        _router.Dispose();
        End(effect);
        for (var route = 0; route < _routes; route++)
        {
            Then(effect, "StopLast", route);
        }
    }

    private Action Post(int number, int type) => () =>
    {
        var effect = Begin("Post", number, type);
        _router.Post(TestMessages.Of(type, number));
        End(effect);
        Then(effect, "Count", number);
    };

    private void Look() => Call("Routes", 0, 0, () => _router.GetStatistics().Length);
}
