using Xunit.Sdk;

namespace ReactiveLink.Tests.Transport;

/// <summary>What every <see cref="IDatagramTransport"/> owes. An implementation derives from this, makes pairs, and inherits the tests.</summary>
public abstract partial class DatagramTransportContract : IDisposable
{
    private readonly List<IDatagramTransport> _open = [];

    /// <summary>Why these tests cannot run here, or null.</summary>
    protected virtual string? SkipReason => null;

    /// <summary>A new, unstarted transport that every other one made by this test can send to.</summary>
    protected abstract IDatagramTransport Make();

    /// <summary>Lets what was sent arrive, where that needs a push (virtual time).</summary>
    protected virtual void Advance()
    {
    }

    /// <summary>Where others reach it.</summary>
    protected virtual UdpEndpoint AddressOf(IDatagramTransport transport) => transport.LocalEndpoint;

    public void Dispose()
    {
        _open.ForEach(t => t.Dispose());
        GC.SuppressFinalize(this);
    }

    private IDatagramTransport Open(bool start = true)
    {
        if (SkipReason is { } reason)
        {
            throw SkipException.ForSkip(reason);
        }

        var transport = Make();
        _open.Add(transport);
        if (start)
        {
            transport.Start();
        }

        return transport;
    }

    private Recorder<T> Record<T>(IObservable<T> source, Action<T>? onNext = null)
    {
        var recorder = new Recorder<T>(onNext);
        source.Subscribe(recorder);
        return recorder;
    }

    private static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private void Send(IDatagramTransport from, IDatagramTransport to, byte[] payload)
    {
        from.Send(payload, AddressOf(to));
        Advance();
    }

    [Fact]
    public void RoundTrip_both_ways_and_the_reply_goes_to_the_remote_as_received()
    {
        var a = Open(start: false);
        var b = Open(start: false);
        var atA = Record(a.Datagrams);
        var atB = Record(b.Datagrams, d => b.Send([9, 9], d.Remote));
        a.Start();
        b.Start();

        Send(a, b, [1, 2, 3]);

        atB.WaitForCount(1);
        Advance();
        atA.WaitForCount(1);
        Assert.Equal([1, 2, 3], atB.Values[0].ToArray());
        Assert.Equal([9, 9], atA.Values[0].ToArray());
        Assert.Equal(AddressOf(b), atA.Values[0].Remote);
    }

    [Fact]
    public void Order_is_kept_and_times_do_not_run_backwards()
    {
        var a = Open();
        var b = Open();
        var atB = Record(b.Datagrams);

        for (var i = 0; i < 200; i++)
        {
            Send(a, b, BitConverter.GetBytes(i));
        }

        atB.WaitForCount(200);
        Assert.Equal(Enumerable.Range(0, 200), atB.Values.Select(d => BitConverter.ToInt32(d.Payload.Span)));
        Assert.Equal(atB.Values.Select(d => d.Elapsed).Order(), atB.Values.Select(d => d.Elapsed));
        Assert.All(atB.Values, d => Assert.InRange(d.ReceivedAt, b.Scheduler.Now.AddMinutes(-1), b.Scheduler.Now.AddMinutes(1)));
        atB.AssertGrammar();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1472)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(int.MaxValue)]
    public void Every_size_arrives_whole(int size)
    {
        var a = Open();
        var b = Open();
        var atB = Record(b.Datagrams);
        var payload = Bytes(Math.Min(size, a.MaximumPayloadSize), 7);

        Send(a, b, payload);

        atB.WaitForCount(1);
        Assert.Equal(payload, atB.Values[0].ToArray());
        Assert.Equal(payload.Length, b.GetStatistics().BytesReceived);
    }

    [Fact]
    public void Payload_stays_as_it_was_after_more_traffic()
    {
        var a = Open();
        var b = Open();
        var atB = Record(b.Datagrams);
        var sent = Enumerable.Range(0, 300).Select(i => Bytes(1 + (i * 37 % 1400), i)).ToList();

        foreach (var payload in sent)
        {
            Send(a, b, payload);
        }

        atB.WaitForCount(sent.Count);
        Assert.Equal(sent, atB.Values.Select(d => d.ToArray()));
    }

    [Fact]
    public void A_remote_is_one_object()
    {
        var a = Open();
        var c = Open();
        var b = Open();
        var atB = Record(b.Datagrams);

        for (var i = 0; i < 10; i++)
        {
            Send(a, b, [0]);
            Send(c, b, [1]);
        }

        atB.WaitForCount(20);
        Assert.Equal(2, atB.Values.Select(d => d.Remote).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(AddressOf(a), atB.Values.First(d => d.Payload.Span[0] == 0).Remote);
    }

    [Fact]
    public async Task Ledger_balances_at_any_time_and_counts_a_datagram_before_it_is_delivered()
    {
        var a = Open();
        var b = Open(start: false);
        var wrong = 0;
        var seen = 0;
        var atB = Record(b.Datagrams, _ =>
        {
            var ledger = b.GetStatistics().Ledger;
            seen++;
            wrong += ledger.Unexplained != 0 || ledger.Delivered < seen ? 1 : 0;
        });
        b.Start();
        using var stop = new ManualResetEventSlim();
        var reader = Task.Factory.StartNew(
            () =>
            {
                var unbalanced = 0;
                while (!stop.IsSet)
                {
                    unbalanced += b.GetStatistics().Ledger.Unexplained != 0 ? 1 : 0;
                }

                return unbalanced;
            },
            TaskCreationOptions.LongRunning);

        for (var i = 0; i < 500; i++)
        {
            Send(a, b, [1]);
        }

        atB.WaitForCount(500);
        stop.Set();
        Assert.Equal(0, await reader.WaitAsync(Recorder<int>.Deadline));
        Assert.Equal(0, wrong);
        Assert.Equal(500, b.GetStatistics().Ledger.Delivered);
    }

    [Fact]
    public void A_throwing_subscriber_is_isolated_and_reported()
    {
        var a = Open();
        var b = Open(start: false);
        var failure = new InvalidOperationException("subscriber");
        var faults = Record(b.Faults);
        var thrower = Record(b.Datagrams, _ => throw failure);
        var good = Record(b.Datagrams);
        b.Start();

        Send(a, b, [1]);
        Send(a, b, [2]);

        good.WaitForCount(2);
        var fault = faults.WaitForOne(f => f.Reason == FaultReason.SubscriberFailed, "a subscriber-failed fault");
        Assert.Same(failure, fault.Exception);
        Assert.Single(thrower.Values);
        Assert.Equal(ConnectionState.Connected, b.CurrentState);
    }

    [Fact]
    public void A_throwing_fault_or_state_subscriber_is_isolated_too()
    {
        var a = Open();
        var b = Open(start: false);
        Record(b.Faults, _ => throw new InvalidOperationException("fault subscriber"));
        Record(b.State, _ => throw new InvalidOperationException("state subscriber"));
        var good = Record(b.Datagrams);
        b.Start();

        Send(a, b, [1]);

        good.WaitForCount(1);
        Assert.Equal(ConnectionState.Connected, b.CurrentState);
    }

    [Fact]
    public void Oversize_is_an_error_that_names_the_limit_and_sends_nothing()
    {
        var a = Open();
        var b = Open();

        var error = Assert.Throws<DatagramTooLargeException>(() => a.Send(new byte[a.MaximumPayloadSize + 1], AddressOf(b)));

        Assert.Equal(a.MaximumPayloadSize, error.Limit);
        Assert.Equal(a.MaximumPayloadSize + 1, error.Size);
        Assert.Contains(error.Limit.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Equal(0, a.GetStatistics().DatagramsSent);
    }

    [Fact]
    public void Send_without_destination_from_a_listener_says_so()
    {
        var a = Open();

        Assert.Throws<InvalidOperationException>(() => a.Send([1]));
    }

    [Fact]
    public void Eight_threads_send_and_every_datagram_is_counted()
    {
        const int PerThread = 500;
        var a = Open();
        var b = Open();
        var atB = Record(b.Datagrams);
        var destination = AddressOf(b);

        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                a.Send([(byte)t, (byte)i], destination);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => Assert.True(t.Join(Recorder<int>.Deadline)));
        Advance();

        var sent = a.GetStatistics();
        Assert.Equal(8 * PerThread, sent.DatagramsSent);
        Assert.Equal(2 * 8 * PerThread, sent.BytesSent);
        Assert.Equal(0, sent.SendErrors);
        Eventually.True(() => b.GetStatistics().Ledger.Received == 8 * PerThread, "everything arrived or was counted as dropped");
        var ledger = b.GetStatistics().Ledger;
        Assert.Equal(0, ledger.Unexplained);
        atB.WaitForCount((int)ledger.Delivered);
        atB.AssertGrammar();
    }
}
