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
    ];
}
