using System.Net;
using System.Reactive.Concurrency;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

public sealed class PayloadSlabTests
{
    [Fact]
    public void Payloads_never_overlap_and_slabs_stay_below_64_KiB()
    {
        var slab = new PayloadSlab();
        var random = new Random(1);
        var stored = new List<(byte[] Copy, ReadOnlyMemory<byte> Memory)>();
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(0, 2000)];
            random.NextBytes(bytes);
            stored.Add((bytes, slab.Store(bytes)));
        }

        Assert.All(stored, s => Assert.Equal(s.Copy, s.Memory.ToArray()));
        Assert.All(stored, s =>
        {
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(s.Memory, out var array));
            Assert.InRange(array.Array!.Length, 0, 64 * 1024);
        });
    }

    [Fact]
    public void A_large_payload_has_an_array_of_its_own()
    {
        var memory = new PayloadSlab().Store(new byte[PayloadSlab.LargestShared + 1]);

        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var array));
        Assert.Equal(PayloadSlab.LargestShared + 1, array.Array!.Length);
    }
}

public sealed class EndpointCacheTests
{
    private static EndpointKey Key(int i) => EndpointKey.From(new IPAddress(BitConverter.GetBytes(i)), 1 + (i & 0x7FFF));

    private static UdpEndpoint Intern(EndpointCache cache, int i, long elapsed = 0)
    {
        var key = Key(i);
        return cache.Intern(in key, elapsed);
    }

    [Fact]
    public void An_endpoint_in_use_is_one_object()
    {
        var cache = new EndpointCache(16, TimeSpan.FromMinutes(1));
        var first = Intern(cache, 1);

        for (var i = 2; i < 1000; i++)
        {
            Intern(cache, i);
            Assert.Same(first, Intern(cache, 1));
        }
    }

    [Fact]
    public void A_million_forged_senders_do_not_grow_it()
    {
        var cache = new EndpointCache(1024, TimeSpan.FromMinutes(1));

        for (var i = 0; i < 1_000_000; i++)
        {
            Assert.Equal(Key(i).Port, Intern(cache, i).Port);
            Assert.InRange(cache.Count, 0, 1024);
        }

        Assert.Equal(1_000_000, cache.Evicted + cache.Count);
    }

    [Fact]
    public void Idle_endpoints_are_forgotten_but_not_the_one_that_talks()
    {
        var cache = new EndpointCache(1024, TimeSpan.FromTicks(100));
        var idle = Intern(cache, 1);
        var talking = Intern(cache, 2);

        for (var t = 10; t <= 300; t += 10)
        {
            Assert.Same(talking, Intern(cache, 2, t));
        }

        Assert.Equal(1, cache.Count);
        Assert.Equal(1, cache.Evicted);
        Assert.NotSame(idle, Intern(cache, 1, 301));
        Assert.Same(talking, Intern(cache, 2, 302));
    }
}

public sealed class ReceiveClockTests
{
    [Fact]
    public void Wall_time_follows_the_monotonic_one_and_shows_a_clock_step_within_100_ms()
    {
        var scheduler = new StepScheduler();
        var clock = new ReceiveClock(scheduler);
        clock.Read(out var utc0, out var elapsed0);

        scheduler.Elapsed += TimeSpan.FromMilliseconds(50);
        scheduler.Wall += TimeSpan.FromHours(1);
        clock.Read(out var utc1, out var elapsed1);
        scheduler.Elapsed += TimeSpan.FromMilliseconds(50);
        clock.Read(out var utc2, out var elapsed2);

        Assert.Equal(TimeSpan.FromMilliseconds(50).Ticks, utc1 - utc0);
        Assert.Equal(TimeSpan.FromMilliseconds(50).Ticks, elapsed1 - elapsed0);
        Assert.Equal(scheduler.Wall.UtcTicks, utc2);
        Assert.Equal(TimeSpan.FromMilliseconds(100).Ticks, elapsed2 - elapsed0);
        Assert.Equal(2, scheduler.WallReadings);
    }

    private sealed class StepScheduler : IScheduler, IStopwatchProvider, IServiceProvider, IStopwatch
    {
        public DateTimeOffset Wall { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public TimeSpan Elapsed { get; set; }

        public int WallReadings { get; private set; }

        public DateTimeOffset Now
        {
            get
            {
                WallReadings++;
                return Wall;
            }
        }

        public object? GetService(Type serviceType) => serviceType == typeof(IStopwatchProvider) ? this : null;

        public IStopwatch StartStopwatch() => this;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();
    }
}

public sealed class ReceiveLedgerTests
{
    [Fact]
    public async Task Readers_on_other_threads_always_see_one_state()
    {
        var ledger = new ReceiveLedger();
        var stop = false;
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var wrong = 0;
                while (!Volatile.Read(ref stop))
                {
                    var counts = ledger.Read();
                    wrong += counts.Received == counts.Delivered + counts.Truncated + counts.NotMember && counts.Bytes == 10 * counts.Delivered ? 0 : 1;
                }

                return wrong;
            },
            TaskCreationOptions.LongRunning)).ToArray();

        for (var i = 0; i < 1_000_000; i++)
        {
            ledger.Add(10, (i % 3) switch { 0 => null, 1 => FaultReason.Truncated, _ => FaultReason.NotMember });
        }

        Volatile.Write(ref stop, true);
        Assert.All(await Task.WhenAll(readers).WaitAsync(Recorder<int>.Deadline), wrong => Assert.Equal(0, wrong));
        Assert.Equal(1_000_000, ledger.Read().Received);
    }
}

public sealed class KernelDropMeterTests
{
    [Fact]
    public void The_counter_wraps_at_2_to_the_32_and_starts_anew_with_a_new_socket()
    {
        var meter = new KernelDropMeter();
        var socket = new ScriptedSocket { Drops = 5 };
        meter.Attach(socket);

        Assert.Equal(5, meter.Observe());
        Assert.Equal(0, meter.Observe());
        socket.Drops = uint.MaxValue;
        Assert.Equal(uint.MaxValue - 5L, meter.Observe());
        socket.Drops = 9;
        Assert.Equal(10, meter.Observe());
        meter.Attach(new ScriptedSocket { Drops = 3 });
        Assert.Equal(3, meter.Observe());
        Assert.Equal(uint.MaxValue + 13L, meter.Total);
    }

    [Fact]
    public void A_drop_is_counted_once_whichever_way_it_is_noticed_first()
    {
        var meter = new KernelDropMeter();
        var socket = new ScriptedSocket { Drops = uint.MaxValue - 1 };
        meter.Attach(socket);

        Assert.Equal(uint.MaxValue - 1L, meter.Observe());
        Assert.Equal(0, meter.Observe(socket, uint.MaxValue - 7));
        Assert.Equal(0, meter.Observe(socket, uint.MaxValue - 1));
        Assert.Equal(3, meter.Observe(socket, 1));
        socket.Drops = 4;
        Assert.Equal(3, meter.Observe());
        Assert.Equal(0, meter.Observe(socket, 3));
        Assert.Equal(0, meter.Observe(new ScriptedSocket(), 100));
        Assert.Equal(uint.MaxValue + 5L, meter.Total);
    }

    [Fact]
    public void A_system_that_does_not_tell_has_no_drops()
    {
        var meter = new KernelDropMeter();
        meter.Attach(new ScriptedSocket { Drops = null });

        Assert.Equal(0, meter.Observe());
        Assert.Equal(0, meter.Total);
    }
}
