namespace ReactiveLink.Routing;

/// <summary>A bounded handler of any type.</summary>
internal interface IBoundedHandler : IDisposable
{
    RouteStatistics GetStatistics();
}
