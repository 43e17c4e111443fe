using System.Collections.Immutable;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Diagnostics;

namespace ReactiveLink.Routing;

/// <summary>
/// Gives each message to every handler that wants it: by type through a table that is replaced, never changed, then by predicates. Each handler has its
/// own queue and places, so none delays another, nor the thread that brings the messages.
/// <list type="table">
/// <listheader><term>message</term><description>what happens, fault, counter</description></listheader>
/// <item><term>its type or a predicate matches</term><description>queued at each matching route once, whatever its verdict; see <see cref="RouteStatistics"/></description></item>
/// <item><term>nothing matches</term><description><see cref="Unhandled"/>; no fault, for it was not asked for</description></item>
/// <item><term>a predicate throws</term><description>handler-failed with the route's name; the message does not go there; other routes as ever</description></item>
/// <item><term>a route's queue is full</term><description>queue-full per message dropped</description></item>
/// <item><term>a handler throws, or runs too long</term><description>handler-failed, handler-timeout; the route goes on</description></item>
/// </list>
/// </summary>
/// <param name="scheduler">Where handlers run, unless a route's options say otherwise.</param>
/// <param name="report">Takes faults, on any thread, and never throws.</param>
internal sealed class Router(IScheduler scheduler, Action<Fault> report) : IDisposable
{
    private static readonly RouteOptions Defaults = new();

    private readonly Lock _gate = new();
    private RouteTable _table = RouteTable.Empty;
    private bool _disposed;
    private bool _draining;
    private long _unhandled;

    /// <summary>Whether there is any route: without one, messages need not be posted.</summary>
    public bool HasRoutes => !Volatile.Read(ref _table).All.IsEmpty;

    /// <summary>Messages posted that no route wanted.</summary>
    public long Unhandled => Interlocked.Read(ref _unhandled);

    public IDisposable Handle(MessageType type, Func<Message, CancellationToken, ValueTask> handler, RouteOptions? options = null) =>
        Add(handler, cancellable: true, type.Name, predicate: null, options);

    public IDisposable Handle(MessageType type, Action<Message> handler, RouteOptions? options = null) =>
        Add(HandlerAdapter.Of(handler), cancellable: false, type.Name, predicate: null, options);

    public IDisposable Handle(MessageType type, Func<Message, Task> handler, RouteOptions? options = null) =>
        Add(HandlerAdapter.Of(handler), cancellable: false, type.Name, predicate: null, options);

    public IDisposable Handle(Func<Message, bool> predicate, Func<Message, CancellationToken, ValueTask> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Add(handler, cancellable: true, type: null, predicate, options);
    }

    public IDisposable Handle(Func<Message, bool> predicate, Func<Message, Task> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Add(HandlerAdapter.Of(handler), cancellable: false, type: null, predicate, options);
    }

    public IDisposable Handle(Func<Message, bool> predicate, Action<Message> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Add(HandlerAdapter.Of(handler), cancellable: false, type: null, predicate, options);
    }

    /// <summary>Queues a message at every route that wants it. No lock, no allocation, no waiting.</summary>
    public void Post(Message message)
    {
        var table = Volatile.Read(ref _table);
        var routes = table.OfType(message.Type.Name);
        var wanted = routes.Length != 0;
        foreach (var route in routes)
        {
            route.Handler.Offer(message);
        }

        foreach (var route in table.ByPredicate)
        {
            if (Matches(route, message))
            {
                wanted = true;
                route.Handler.Offer(message);
            }
        }

        if (!wanted)
        {
            Interlocked.Increment(ref _unhandled);
        }
    }

    /// <summary>A snapshot per route, in the order in which they were added.</summary>
    public ImmutableArray<RouteStatistics> GetStatistics() => [.. Volatile.Read(ref _table).All.Select(route => route.Handler.GetStatistics())];

    /// <summary>Stops the intake of every route, also of those added later.</summary>
    /// <returns>Completes when no route has anything left.</returns>
    public Task DrainAsync()
    {
        ImmutableArray<Route> routes;
        lock (_gate)
        {
            _draining = true;
            routes = _table.All;
        }

        return Task.WhenAll(routes.Select(route => route.Handler.DrainAsync()));
    }

    /// <summary>The time for draining is up: ends every route, and reports what it had left.</summary>
    public void CutOff()
    {
        foreach (var route in Volatile.Read(ref _table).All)
        {
            route.Handler.CutOff();
        }
    }

    /// <summary>Disposes every route. Idempotent; also from inside a handler.</summary>
    public void Dispose()
    {
        ImmutableArray<Route> routes;
        lock (_gate)
        {
            _disposed = true;
            routes = _table.All;
            Volatile.Write(ref _table, RouteTable.Empty);
        }

        foreach (var route in routes)
        {
            route.Handler.Dispose();
        }
    }

    private IDisposable Add(
        Func<Message, CancellationToken, ValueTask> handler, bool cancellable, string? type, Func<Message, bool>? predicate, RouteOptions? options)
    {
        ArgumentNullException.ThrowIfNull(handler);
        options ??= Defaults;
        options.Validate(nameof(options));
        var route = new Route(
            new BoundedHandler<Message>(handler, cancellable, options, type ?? "predicate", scheduler, report), type, predicate);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_draining)
            {
                _ = route.Handler.DrainAsync();
            }

            Volatile.Write(ref _table, new RouteTable(_table.All.Add(route)));
        }

        return Disposable.Create((Router: this, Route: route), static added => added.Router.Remove(added.Route));
    }

    private void Remove(Route route)
    {
        lock (_gate)
        {
            Volatile.Write(ref _table, new RouteTable(_table.All.Remove(route)));
        }

        route.Handler.Dispose();
    }

    private bool Matches(Route route, Message message)
    {
        try
        {
            return route.Predicate!(message);
        }
        catch (Exception exception)
        {
            report(new Fault(FaultReason.HandlerFailed, scheduler.SafeNow(), message.Peer, Exception: exception, Detail: route.Handler.Name));
            return false;
        }
    }
}
