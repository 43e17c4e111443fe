using System.Reactive.Linq;

namespace ReactiveLink.Clients.Tests;

/// <summary>Asks again and again, with a deadline.</summary>
internal static class Polling
{
    public static Task UntilAsync(Func<Task<bool>> condition, string what) => Deadline.Within(PollAsync(condition), what);

    private static async Task PollAsync(Func<Task<bool>> condition) =>
        await Observable.Timer(TimeSpan.Zero, TimeSpan.FromMilliseconds(100)).Select(_ => Observable.FromAsync(condition)).Concat().FirstAsync(done => done);
}
