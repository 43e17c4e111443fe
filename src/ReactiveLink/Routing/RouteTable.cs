using System.Collections.Immutable;

namespace ReactiveLink.Routing;

/// <summary>All routes at one moment; never changed, so that readers need no lock.</summary>
internal sealed class RouteTable
{
    public static readonly RouteTable Empty = new([]);

    private readonly Dictionary<string, Route[]> _byType;

    public RouteTable(ImmutableArray<Route> routes)
    {
        All = routes;
        _byType = routes.Where(route => route.Type is not null)
            .GroupBy(route => route.Type!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        ByPredicate = [.. routes.Where(route => route.Predicate is not null)];
    }

    public ImmutableArray<Route> All { get; }

    public Route[] ByPredicate { get; }

    public Route[] OfType(string type) => _byType.GetValueOrDefault(type, []);
}
