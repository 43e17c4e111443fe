using ReactiveLink.Concurrency.Exploring;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>Every part that is explored.</summary>
internal static class AllParts
{
    public static IReadOnlyList<Part> List { get; } =
    [
        new("queue", (controller, random, small) => new QueueScenario(controller, random, small)),
        new("latest-queue", (controller, random, small) => new LatestQueueScenario(controller, random, small)),
        new("send-queue", (controller, random, small) => new SendQueueScenario(controller, random, small)),
        new("handler", (controller, random, small) => new HandlerScenario(controller, random, small)),
        new("inbox", (controller, random, small) => new InboxScenario(controller, random, small)),
        new("peers", (controller, random, small) => new PeersScenario(controller, random, small)),
        new("hub", (controller, random, small) => new HubScenario(controller, random, small, isOfMetrics: false)),
        new("metric-hub", (controller, random, small) => new HubScenario(controller, random, small, isOfMetrics: true)),
        new("router", (controller, random, small) => new RouterScenario(controller, random, small)),
        new("sink", (controller, random, small) => new SinkScenario(controller, random, small)),
        new("registry", (controller, random, small) => new RegistryScenario(controller, random, small)),
        new("counter", (controller, random, small) => new CounterScenario(controller, random, small)),
        new("peer-watch", (controller, random, small) => new PeerWatchScenario(controller, random, small)),
        new("requests", (controller, random, small) => new RequestsScenario(controller, random, small)),
        new("drain", (controller, random, small) => new DrainScenario(controller, random, small)),
        new("link", (controller, random, small) => new LinkScenario(controller, random, small)),
    ];
}
