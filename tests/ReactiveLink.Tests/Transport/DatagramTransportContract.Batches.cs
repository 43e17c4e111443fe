namespace ReactiveLink.Tests.Transport;

/// <content>Batches.</content>
public abstract partial class DatagramTransportContract
{
    [CapableTheory]
    [InlineData(1, 64)]
    [InlineData(2, 0)]
    [InlineData(200, 64)]
    [InlineData(64, 1400)]
    [InlineData(20, 9000)]
    public void A_batch_arrives_whole_and_in_order(int count, int size)
    {
        var a = Open();
        var b = Open();
        var atB = Record(b.Datagrams);
        var sent = Enumerable.Range(0, count).Select(i => Bytes(size, i)).ToList();

        var accepted = a.Send([.. sent.Select(payload => new OutgoingDatagram(payload, AddressOf(b)))], out var refusal);
        Advance();

        Assert.Equal((count, null), (accepted, refusal));
        atB.WaitForCount(count);
        Assert.Equal(sent, atB.Values.Select(d => d.ToArray()));
        Assert.Equal((count, (long)count * size), (a.GetStatistics().DatagramsSent, a.GetStatistics().BytesSent));
    }

    [CapableFact]
    public void A_batch_of_every_size_to_two_destinations_arrives_as_it_was_cut()
    {
        var a = Open();
        var b = Open();
        var c = Open();
        var atB = Record(b.Datagrams);
        var atC = Record(c.Datagrams);
        var random = new Random(5);
        var sizes = Enumerable.Range(0, 150).Select(i => random.Next(4) == 0 ? random.Next(12_000) : 100 * random.Next(4)).ToList();
        var sent = sizes.Select((size, i) => (Payload: Bytes(size, i), ToB: i / 7 % 2 == 0)).ToList();

        var accepted = a.Send([.. sent.Select(s => new OutgoingDatagram(s.Payload, AddressOf(s.ToB ? b : c)))], out _);
        Advance();

        Assert.Equal(150, accepted);
        atB.WaitForCount(sent.Count(s => s.ToB));
        atC.WaitForCount(sent.Count(s => !s.ToB));
        Assert.Equal(sent.Where(s => s.ToB).Select(s => s.Payload), atB.Values.Select(d => d.ToArray()));
        Assert.Equal(sent.Where(s => !s.ToB).Select(s => s.Payload), atC.Values.Select(d => d.ToArray()));
    }

    [CapableFact]
    public void A_batch_stops_at_the_first_that_is_refused_and_goes_on_after_it()
    {
        var a = Open();
        var b = Open();
        var atB = Record(b.Datagrams);
        OutgoingDatagram[] batch =
        [
            new(new byte[] { 1 }, AddressOf(b)), new(new byte[] { 2 }, AddressOf(b)), new(new byte[a.MaximumPayloadSize + 1], AddressOf(b)),
            new(new byte[] { 3 }, AddressOf(b)),
        ];

        var accepted = a.Send(batch, out var refusal);
        var rest = a.Send(batch.AsSpan(accepted + 1), out var none);
        Advance();

        Assert.Equal((2, 1, null), (accepted, rest, none));
        Assert.IsType<DatagramTooLargeException>(refusal);
        atB.WaitForCount(3);
        Assert.Equal([1, 2, 3], atB.Values.Select(d => (int)d.Payload.Span[0]));
    }

    [CapableFact]
    public void A_batch_without_a_destination_or_after_dispose_is_refused()
    {
        var a = Open();

        Assert.Equal(0, a.Send([], out var none));
        Assert.Null(none);
        Assert.Equal(0, a.Send([new OutgoingDatagram(new byte[1])], out var refusal));
        Assert.IsType<InvalidOperationException>(refusal);
        a.Dispose();
        Assert.Equal(0, a.Send([new OutgoingDatagram(new byte[1], AddressOf(a))], out refusal));
        Assert.IsType<ObjectDisposedException>(refusal);
    }

    [CapableFact]
    public async Task Batches_and_single_datagrams_of_many_threads_all_arrive()
    {
        var a = Open();
        var b = Open();
        var atB = Record(b.Datagrams);
        var to = AddressOf(b);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(8, a.Send([.. Enumerable.Range(0, 8).Select(n => new OutgoingDatagram(new[] { (byte)t, (byte)((i * 9) + n) }, to))], out _));
                a.Send([(byte)t, (byte)((i * 9) + 8)], to);
            }
        }))).WaitAsync(Recorder<int>.Deadline);
        Advance();

        atB.WaitForCount(4 * 45);
        for (var t = 0; t < 4; t++)
        {
            Assert.Equal(Enumerable.Range(0, 45), atB.Values.Where(d => d.Payload.Span[0] == t).Select(d => (int)d.Payload.Span[1]));
        }
    }
}
