using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using ReactiveLink.Metrics.Tests;

namespace ReactiveLink.Endurance.Tests.Clock;

/// <summary>Runs an operator over 300 items in five minutes of virtual time, while the clock is set, and tells what came out at which tick of the time that only runs forward.</summary>
internal static class ClockBench
{
    public static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch.AddYears(50);

    private const int Items = 300;

    public static List<string> Run(Func<IObservable<Item>, SteppedScheduler, IObservable<string>> operation, Func<int, TimeSpan> step)
    {
        var time = new TestScheduler();
        time.AdvanceTo(Begin.UtcTicks);
        var scheduler = new SteppedScheduler(time);
        var random = new Random(7);
        var next = new ulong[3];
        using var source = new Subject<Item>();
        var seen = new List<string>();
        void See(string text) => seen.Add(FormattableString.Invariant($"{time.Clock - Begin.UtcTicks}: {text}"));
        using (operation(source, scheduler).Subscribe(See, error => See("error " + error.Message), () => See("end")))
        {
            for (var i = 0; i < Items; i++)
            {
                // Now and then nothing comes for long.
                time.AdvanceBy(i % 60 == 59 ? TimeSpan.FromSeconds(20).Ticks : random.NextInt64(TimeSpan.TicksPerSecond * 3 / 2));
                scheduler.Step = step(i);
                var key = i / 50 % 2 == 0 ? i % 3 : i % 2;
                source.OnNext(new Item(i, new DateTimeOffset(time.Clock, TimeSpan.Zero), 10 * Math.Sin(i / 8.0), key, Number(ref next[key], random)));
            }

            source.OnCompleted();
            time.AdvanceBy(TimeSpan.FromMinutes(1).Ticks);
        }

        Assert.False(source.HasObservers);
        return seen;
    }

    /// <summary>Mostly the next number; else one lost before it, or it and the next in turn.</summary>
    private static ulong Number(ref ulong next, Random random) => random.Next(10) switch
    {
        0 => next += 2,
        1 => ++next ^ 1,
        _ => ++next,
    };
}
