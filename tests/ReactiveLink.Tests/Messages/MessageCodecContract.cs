using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using ReactiveLink.Fuzz;

namespace ReactiveLink.Tests.Messages;

/// <summary>What every <see cref="IMessageCodec"/> keeps. A new codec inherits all of it.</summary>
public abstract class MessageCodecContract
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    protected abstract IMessageCodec Codec { get; }

    /// <summary>Some data that the codec can write, in its data format.</summary>
    protected abstract IReadOnlyList<byte[]> Samples { get; }

    /// <summary>Payloads that the codec must refuse; none if it takes all.</summary>
    protected abstract IReadOnlyList<byte[]> Refused { get; }

    /// <summary>Data that the codec must refuse to write; none if it takes all.</summary>
    protected abstract IReadOnlyList<byte[]> Unwritable { get; }

    protected static MessageMetadata SampleMetadata { get; } = new()
    {
        Id = "id-1",
        Timestamp = 1700000000.5,
        Type = MessageType.Command,
        Priority = Priority.High,
        Source = "plant",
        Destination = "tower",
        CorrelationId = "id-0",
    };

    [Fact]
    public void Name_is_a_lower_case_word()
    {
        Assert.Matches("^[a-z][a-z0-9-]*$", Codec.Name);
    }

    [Fact]
    public void Round_trip_keeps_the_data_and_the_frame()
    {
        foreach (var data in Samples)
        {
            var message = Decode(Encode(data));

            Assert.Equal(data, message.Data.ToArray());
            Assert.Equal(Codec.DataFormat, message.DataFormat);
            Assert.Same(Frames.Peer, message.Peer);
            Assert.Equal(7u, message.Sequence);
            Assert.Equal(Verdict.InOrder, message.Verdict);
            Assert.Equal(Frames.ReceivedAt, message.ReceivedAt);
        }
    }

    [Fact]
    public void A_frame_without_sequence_gives_a_message_without_verdict()
    {
        Assert.True(Codec.TryDecode(Frames.Of(Encode(Samples[0]), sequence: null), out var message, out _));

        Assert.Null(message.Sequence);
        Assert.Null(message.Verdict);
    }

    [Fact]
    public void Refused_payloads_give_a_constant_error()
    {
        foreach (var payload in Refused)
        {
            Assert.False(Codec.TryDecode(Frames.Of(payload), out var message, out var first));
            Assert.False(Codec.TryDecode(Frames.Of(payload), out _, out var second));
            Assert.Null(message);
            Assert.NotEmpty(first);
            Assert.Same(first, second);
        }
    }

    [Fact]
    public void Unwritable_data_is_an_argument_error()
    {
        foreach (var data in Unwritable)
        {
            Assert.ThrowsAny<ArgumentException>(() => Encode(data));
        }
    }

    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentNullException>(() => Codec.Encode(null!, Samples[0], new ArrayBufferWriter<byte>()));
        Assert.Throws<ArgumentNullException>(() => Codec.Encode(SampleMetadata, Samples[0], null!));
    }

    [Fact]
    public void No_input_throws()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            Touch(bytes ?? []);
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_mutation_of_a_valid_payload_throws()
    {
        var seeds = Samples.Select(Encode).ToArray();
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var mutator = new Mutator(JsonTokens.All);
            var random = new SeededRandom((ulong)seed);
            foreach (var payload in seeds)
            {
                Touch(mutator.Mutate(payload, random));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Fact]
    public void A_message_survives_later_decodes()
    {
        var data = Samples[^1];
        var kept = Decode(Encode(data));
        foreach (var other in Samples)
        {
            for (var i = 0; i < 100; i++)
            {
                Touch(Encode(other));
            }
        }

        Assert.Equal(data, kept.Data.ToArray());
        Assert.Equal(kept.Metadata, Decode(Encode(data)).Metadata);
    }

    [Fact]
    public void Eight_threads_share_one_codec()
    {
        using var start = new Barrier(8);
        var failures = 0;
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            start.SignalAndWait(Deadline);
            for (var i = 0; i < 500; i++)
            {
                var data = Samples[i % Samples.Count];
                if (!Decode(Encode(data)).Data.Span.SequenceEqual(data))
                {
                    Interlocked.Increment(ref failures);
                }
            }
        })).ToArray();

        Array.ForEach(threads, thread => thread.Start());

        Assert.All(threads, thread => Assert.True(thread.Join(Deadline)));
        Assert.Equal(0, failures);
    }

    protected byte[] Encode(byte[] data)
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.Encode(SampleMetadata, data, output);
        return output.WrittenSpan.ToArray();
    }

    protected Message Decode(byte[] payload)
    {
        Assert.True(Codec.TryDecode(Frames.Of(payload), out var message, out var error), error);
        return message;
    }

    /// <summary>Decodes and, where that succeeds, reads every member that is decoded later.</summary>
    private void Touch(byte[] payload)
    {
        if (!Codec.TryDecode(Frames.Of(payload), out var message, out var error))
        {
            Assert.NotNull(error);
            return;
        }

        _ = (message.Source, message.Id, message.Destination, message.CorrelationId, message.Type.Name, message.SentAt, message.DataAsText());
        _ = message.TryDataAs<Dictionary<string, int>>(out _);
    }
}
