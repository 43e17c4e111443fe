using System.Runtime.CompilerServices;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Registry;

/// <summary>What one thread recorded, as others see it: in its order, at once, and after its end.</summary>
[Collection(MemoryCollection.Name)]
public sealed class MetricThreadLifeTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public void Values_of_the_same_moment_keep_the_order_of_their_thread()
    {
        // Places of threads that have ended are free: these two must not share one.
        Memory();
        var time = new TestScheduler();
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = time, MaximumValues = 100 });
        var histogram = registry.GetOrAddHistogram("h");
        for (var round = 0; round < 20; round++)
        {
            void Record()
            {
                for (var i = 1; i <= 200; i++)
                {
                    histogram.Record((round * 1000) + i);
                }
            }

            Run(Record);
            Record();

            // All came at one tick. Those held are the latest of whichever thread is taken for the later one.
            var window = histogram.GetSummary(TimeSpan.FromTicks(1));
            Assert.Equal(100, window.Count);
            Assert.Equal((round * 1000) + 101, window.First);
            Assert.Equal((round * 1000) + 101, window.Min);
            Assert.Equal((round * 1000) + 200, window.Last);
            Assert.Equal((round * 1000) + 200, histogram.Value);
            time.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        }
    }

    [Fact]
    public void What_was_recorded_before_a_signal_is_read_after_it()
    {
        using var registry = new MetricRegistry();
        var counter = registry.GetOrAddCounter("c");
        var histogram = registry.GetOrAddHistogram("h");
        const int Reads = 2000;
        long told = 0;
        using var end = new CancellationTokenSource(Deadline);
        var writer = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                counter.Add();
                histogram.Record(told + 1);
                Volatile.Write(ref told, told + 1);
            }
        });
        writer.Start();
        for (var i = 0; i < Reads; i++)
        {
            var before = Volatile.Read(ref told);
            Assert.True(counter.Value >= before);
            Assert.True(histogram.GetSnapshot().Count >= before);
            Assert.True(histogram.GetStatistics().Count >= before);
            Assert.True(before == 0 || histogram.Value >= before);
        }

        end.Cancel();
        Assert.True(writer.Join(Deadline));
        Assert.Equal(told, counter.Value);
        Assert.Equal(told, histogram.GetSnapshot().Count);
    }

    [Fact]
    public void Thousands_of_short_threads_are_counted_and_their_memory_is_bounded()
    {
        using var registry = new MetricRegistry();
        var counter = registry.GetOrAddCounter("c");
        var histogram = registry.GetOrAddHistogram("h");
        const int PerThread = 300;
        void Wave(int threads)
        {
            for (var i = 0; i < threads; i++)
            {
                Run(() =>
                {
                    for (var value = 0; value < PerThread; value++)
                    {
                        counter.Add();
                        histogram.Record(value);
                    }
                });
            }
        }

        Wave(1000);
        var first = Memory();
        Wave(1000);
        var grown = Memory() - first;

        Assert.Equal(2000 * PerThread, counter.Value);
        Assert.Equal(2000 * PerThread, histogram.GetSnapshot().Count);

        // Far less than a part for each thread would take: 1000 of them, two metrics, 512 values of 16 bytes each.
        Assert.True(grown < 8 << 20, $"{grown} bytes");
        Memory();
    }

    [Fact]
    public void A_finalizer_may_record()
    {
        using var registry = new MetricRegistry();
        var counter = registry.GetOrAddCounter("c");
        counter.Add();
        Leave(counter, 100);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (counter.Value < 101 && watch.Elapsed < Deadline)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(101, counter.Value);
    }

    [Fact]
    public void Waves_of_threads_with_readers_resets_and_unregistered_names_count_once()
    {
        using var registry = new MetricRegistry();
        var kept = registry.GetOrAddHistogram("kept", bounds: [1, 2, 3]);
        var others = 0L;
        using var end = new CancellationTokenSource();
        var reader = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                var snapshot = kept.GetSnapshot();
                var statistics = kept.GetStatistics();
                if (snapshot.Count != snapshot.Counts.Sum() || statistics.Count != statistics.Held + statistics.Evicted + statistics.Expired)
                {
                    Interlocked.Exchange(ref others, long.MinValue);
                }

                registry.GetOrAddCounter("passing").Reset();
                registry.Unregister("passing");
                kept.Aggregate(Aggregation.Percentile);
            }
        });
        reader.Start();
        for (var wave = 0; wave < 20; wave++)
        {
            var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    kept.Record(number % 4);
                    registry.Record("passing", 1);
                }
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Assert.All(threads, thread => Assert.True(thread.Join(Deadline), "A thread is stuck."));
        }

        end.Cancel();
        Assert.True(reader.Join(Deadline));
        Assert.Equal(0, Interlocked.Read(ref others));
        var snapshot = kept.GetSnapshot();
        Assert.Equal(20 * 8 * 2000, snapshot.Count);
        Assert.Equal<long>([160_000, 80_000, 80_000, 0], snapshot.Counts);
        Assert.Equal(20 * 2000 * 2 * (0.0 + 1 + 2 + 3), snapshot.Sum);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Leave(Counter counter, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ = new Recording(counter);
        }
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Run(Action body)
    {
        var thread = new Thread(() => body());
        thread.Start();
        Assert.True(thread.Join(Deadline), "A thread is stuck.");
    }

#pragma warning disable MA0055 // What a finalizer does is what is tested.
    private sealed class Recording(Counter counter)
    {
        ~Recording() => counter.Add();
    }
#pragma warning restore MA0055
}
