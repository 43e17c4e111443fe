namespace ReactiveLink.Benchmarks.Receive;

/// <summary>The contestants, in the order of the results: the C baselines, then those of .NET.</summary>
internal static class ReceiveContestants
{
    public const string BaselineBatched = "C recvmmsg";
    public const string BaselineCoalesced = "C recvmsg+GRO";

    public static IReadOnlyList<IReceiveContestant> All { get; } =
    [
        new SocketReceiveFrom(),
        new SocketReceiveFromAsync(),
        new UdpClientReceiveAsync(),
        new FromAsyncRepeat(),
        new ReactiveLinkTransport(gro: false),
        new ReactiveLinkLink(gro: false),
        new ReactiveLinkHandler(gro: false),
        new ReactiveLinkTransport(gro: true),
        new ReactiveLinkLink(gro: true),
        new ReactiveLinkLink(gro: true, borrowed: true),
        new ReactiveLinkHandler(gro: true),
    ];

    public static IEnumerable<string> Names => [BaselineBatched, BaselineCoalesced, .. All.Select(contestant => contestant.Name).Distinct()];
}
