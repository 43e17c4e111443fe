using System.Text.Json;

namespace ReactiveLink.Tests.Messages;

public sealed class MessageTests
{
    [Fact]
    public void Metadata_and_strings_are_one_object_each_time()
    {
        var message = Frames.Message(source: "plant-1");

        Assert.Same(message.Metadata, message.Metadata);
        Assert.Same(message.Source, message.Metadata.Source);
        Assert.Same(message.Source, Frames.Message(source: "plant-1").Source);
        Assert.Equal("m-1", message.Id);
    }

    [Fact]
    public void A_message_made_by_hand_says_what_its_metadata_says()
    {
        var metadata = new MessageMetadata
        {
            Id = "a",
            Timestamp = 2,
            Type = MessageType.Status,
            Priority = Priority.Low,
            Source = "s",
            Destination = "d",
            CorrelationId = "c",
        };

        var message = new Message(Frames.Of("1"), metadata, new byte[] { 1 }, DataFormat.Binary);

        Assert.Same(metadata, message.Metadata);
        Assert.Equal(("a", 2d, MessageType.Status, Priority.Low), (message.Id, message.Timestamp, message.Type, message.Priority));
        Assert.Equal(("s", "d", "c"), (message.Source, message.Destination, message.CorrelationId));
        Assert.Equal(DataFormat.Binary, message.DataFormat);
        Assert.Throws<ArgumentNullException>(() => new Message(Frames.Of("1"), null!, default, DataFormat.Binary));
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData(1700000000.5, "2023-11-14T22:13:20.5000000+00:00")]
    [InlineData(-0.25, "1969-12-31T23:59:59.7500000+00:00")]
    [InlineData(-62135596800, "0001-01-01T00:00:00.0000000+00:00")]
    [InlineData(-62135596801, "0001-01-01T00:00:00.0000000+00:00")]
    [InlineData(253402300799.9999999, "9999-12-31T23:59:59.9999999+00:00")]
    [InlineData(253402300800, "9999-12-31T23:59:59.9999999+00:00")]
    [InlineData(1e300, "9999-12-31T23:59:59.9999999+00:00")]
    [InlineData(-1e300, "0001-01-01T00:00:00.0000000+00:00")]
    [InlineData(double.NaN, "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData(double.PositiveInfinity, "9999-12-31T23:59:59.9999999+00:00")]
    public void SentAt_is_held_within_the_range_of_dates(double timestamp, string expected)
    {
        var message = new Message(Frames.Of("1"), new MessageMetadata { Timestamp = timestamp }, default, DataFormat.Binary);

        Assert.Equal(expected, message.SentAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void DataAs_decodes_once_per_type()
    {
        var message = Frames.Message(data: """{"Roll":1.5,"Name":"a"}""");

        var first = message.DataAs(TestJson.Default.Attitude);

        Assert.Equal(1.5, first!.Roll);
        Assert.Same(first, message.DataAs(TestJson.Default.Attitude));
        Assert.True(message.TryDataAs(TestJson.Default.Attitude, out var again));
        Assert.Same(first, again);
    }

    [Fact]
    public void DataAs_by_reflection_uses_web_names_and_strict_numbers()
    {
        Assert.Equal(1.5, Frames.Message(data: """{"ROLL":1.5}""").DataAs<Attitude>()!.Roll);
        Assert.False(Frames.Message(data: """{"roll":"1.5"}""").TryDataAs<Attitude>(out _));
    }

    [Fact]
    public void DataAs_remembers_the_last_type_only_and_never_mixes_them()
    {
        var message = Frames.Message(data: "[1]");

        Assert.Equal([1], message.DataAs<int[]>()!);
        Assert.False(message.TryDataAs<string>(out _));
        Assert.Equal([1L], message.DataAs<List<long>>()!);
        Assert.Equal([1], message.DataAs<int[]>()!);
        Assert.Throws<JsonException>(() => message.DataAs<string>());
        Assert.Throws<JsonException>(() => message.DataAs<string>());
        var other = new JsonSerializerOptions();
        Assert.NotSame(message.DataAs<int[]>(), message.DataAs<int[]>(other));
    }

    [Fact]
    public void Null_data_is_null_to_DataAs_and_no_value_to_TryDataAs()
    {
        var message = Frames.Message(data: "null");

        Assert.Null(message.DataAs<string>());
        Assert.Null(message.DataAs<int?>());
        Assert.False(message.TryDataAs<string>(out _));
        Assert.False(message.TryDataAs<int>(out _));
        Assert.True(message.TryDataAs<JsonElement>(out var element));
        Assert.Equal(JsonValueKind.Null, element.ValueKind);
    }

    [Theory]
    [InlineData("""{"roll":"x"}""")]
    [InlineData("""{"roll":1e400}""")]
    [InlineData("[]")]
    [InlineData("\"\\ud800\"")]
    public void Data_that_is_not_a_T_is_a_JsonException(string data)
    {
        var message = Frames.Message(data: data);

        Assert.False(message.TryDataAs<Picky>(out _));
        Assert.IsAssignableFrom<JsonException>(Record.Exception(() => message.DataAs<Picky>()));
    }

    [Fact]
    public void A_type_that_refuses_in_its_own_words_is_a_JsonException_with_them()
    {
        var message = Frames.Message(data: """{"roll":-1}""");

        var error = Assert.IsAssignableFrom<JsonException>(Record.Exception(() => message.DataAs<Picky>()));

        Assert.IsType<ArgumentOutOfRangeException>(error.InnerException);
        Assert.False(message.TryDataAs<Picky>(out _));
    }

    [Fact]
    public void A_lone_surrogate_in_the_data_is_no_string()
    {
        Assert.False(Frames.Message(data: "\"\\ud800\"").TryDataAs<string>(out _));
        Assert.Equal("\"\\ud800\"", Frames.Message(data: "\"\\ud800\"").DataAsText());
    }

    [Fact]
    public void Eight_threads_read_one_message_and_get_one_value()
    {
        for (var round = 0; round < 200; round++)
        {
            var message = Frames.Message(data: """{"roll":1.5}""");
            var results = new object?[8];
            var sources = new object?[8];
            using var start = new Barrier(8);
            var threads = Enumerable.Range(0, 8).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                results[i] = message.DataAs(TestJson.Default.Attitude);
                sources[i] = message.Metadata;
            })).ToArray();

            Array.ForEach(threads, thread => thread.Start());

            Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30))));
            Assert.All(results, result => Assert.Same(results[0], result));
            Assert.All(sources, source => Assert.Same(sources[0], source));
        }
    }

    [Fact]
    public void ArgumentChecking()
    {
        var message = Frames.Message();

        Assert.Throws<ArgumentNullException>(() => message.DataAs<int>(typeInfo: null!));
        Assert.Throws<ArgumentNullException>(() => message.TryDataAs<int>(null!, out _));
        Assert.Throws<ArgumentNullException>(() => new Message<int>(null!, 1));
    }

    [Fact]
    public void A_typed_message_says_what_its_envelope_says()
    {
        var envelope = Frames.Message(type: "status", source: "s");

        var message = new Message<int>(envelope, 5);

        Assert.Same(envelope, message.Envelope);
        Assert.Equal(5, message.Data);
        Assert.Equal((envelope.Type, envelope.Source, envelope.Priority), (message.Type, message.Source, message.Priority));
        Assert.Equal((envelope.Timestamp, envelope.SentAt, envelope.ReceivedAt), (message.Timestamp, message.SentAt, message.ReceivedAt));
        Assert.Equal((envelope.Peer, envelope.Sequence, envelope.Verdict), (message.Peer, message.Sequence, message.Verdict));
    }

    internal sealed class Picky
    {
        public int Roll
        {
            get;
            init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
        }
    }
}
