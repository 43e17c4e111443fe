using ReactiveLink.Concurrency.Exploring;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>Every part that is explored.</summary>
internal static class AllParts
{
    public static IReadOnlyList<Part> List { get; } =
    [
        new("queue", (controller, random, small) => new QueueScenario(controller, random, small)),
    ];
}
