using System.Diagnostics;

namespace ReactiveLink.Diagnostics;

/// <summary>The source of spans, and what they have in common.</summary>
internal static class Tracing
{
    public static readonly ActivitySource Source = new("ReactiveLink", typeof(Tracing).Assembly.GetName().Version?.ToString(3));

    public static void Describe(Activity activity, string operation, string destination) => activity
        .SetTag("messaging.system", "reactivelink")
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.destination.name", destination);

    public static void DescribePeer(Activity activity, UdpEndpoint peer) => activity
        .SetTag("network.transport", "udp")
        .SetTag("network.peer.address", peer.Address.ToString())
        .SetTag("network.peer.port", peer.Port);

    public static void Failed(Activity? activity, Exception exception) =>
        activity?.SetTag("error.type", exception.GetType().FullName).SetStatus(ActivityStatusCode.Error, exception.Message);
}
