using System.Reactive.Concurrency;
using System.Text.Json;
using System.Text.Unicode;
using ReactiveLink.Tests.Messages;
using ReactiveLink.Tests.Support;
using ReactiveLink.Tool;
using ReactiveLink.Tool.Output;
using ReactiveLink.Tool.Sending;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// What <c>reactivelink send</c> reads. The first byte of an input is the codec, the rest the text. Sent is what a plain split into lines gives, up to the first line
/// that cannot be sent, which the error names.
/// </summary>
internal sealed class LineTarget : FuzzTarget
{
    private static readonly IMessageCodec[] Codecs = [MessageCodecs.Json, MessageCodecs.Text, MessageCodecs.Bytes];

    private static readonly byte[][][] Seeds =
    [
        ["{\"roll\":1.5}\n[1,2]\r\n\n  \n\"x\"\nnull\n7"u8.ToArray(), "\uFEFF1\n2\n"u8.ToArray()],
        ["hello\n\ngr\u00fcn\r\n\r\nlast"u8.ToArray(), "\uFEFF\n"u8.ToArray()],
        ["00ff\nAbCd \n\t0102\r\n\n00"u8.ToArray(), "000102030405060708090a0b0c0d0e0f\n"u8.ToArray()],
    ];

    private readonly Mutator _mutator = new([.. JsonTokens.All, "\n"u8.ToArray(), "\r"u8.ToArray(), " "u8.ToArray(), "0"u8.ToArray(), "ff"u8.ToArray(), "\n\n"u8.ToArray()], maximumLength: 1500);

    public override string Name => "lines";

    public override byte[] Generate(SeededRandom random)
    {
        var codec = random.NextInt32(Codecs.Length);
        return [(byte)codec, .. _mutator.Mutate(Seeds[codec][random.NextInt32(2)], random, Seeds[random.NextInt32(3)][random.NextInt32(2)])];
    }

    public override bool Check(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        var codec = Codecs[input[0] % Codecs.Length];
        using var transport = new FakeTransport(new HistoricalScheduler(DateTimeOffset.UnixEpoch), Wire.Remote);
        var environment = new ToolEnvironment
        {
            Input = new MemoryStream(input, 1, input.Length - 1),
            Output = new Nowhere(),
            OutputText = TextWriter.Null,
            Error = TextWriter.Null,
            Scheduler = transport.Scheduler,
            OpenTransport = _ => transport,
        };
        string? error = null;
        try
        {
            var sending = SendSession.RunAsync(new SendSettings { Endpoint = "192.0.2.1:40000", Codec = codec, Frame = FrameFormat.None }, environment, CancellationToken.None);
            Require(sending.IsCompleted);
            Equal(0, sending.GetAwaiter().GetResult());
        }
        catch (ToolException exception)
        {
            Equal(2, exception.ExitCode);
            error = exception.Message;
        }

        CheckSent(codec, input.AsSpan(1), transport.Sent, error);
        return error is null;
    }

    private static void CheckSent(IMessageCodec codec, ReadOnlySpan<byte> text, IReadOnlyList<(byte[] Payload, UdpEndpoint? To)> sent, string? error)
    {
        var (number, count) = (0, 0);
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        for (var rest = text; !rest.IsEmpty;)
        {
            number++;
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            line = line.EndsWith("\r"u8) ? line[..^1] : line;
            if (codec.DataFormat != DataFormat.Text && line.Trim(" \t"u8).IsEmpty)
            {
                continue;
            }

            if (DataOf(codec, line) is not { } data || count == sent.Count)
            {
                // Also what is right may be too large for one datagram.
                Require(error is not null && error.Contains(FormattableString.Invariant($"line {number} "), StringComparison.Ordinal), $"'{error}' names line {number}");
                Equal(sent.Count, count);
                return;
            }

            Require(codec.TryDecode(Frames.Of(sent[count++].Payload), out var message, out _));
            Require(message.Data.Span.SequenceEqual(data));
        }

        Require(error is null);
        Equal(sent.Count, count);
    }

    /// <summary>The data that a line means, or null where it means none.</summary>
    private static byte[]? DataOf(IMessageCodec codec, ReadOnlySpan<byte> line)
    {
        if (codec.DataFormat == DataFormat.Text)
        {
            return Utf8.IsValid(line) ? line.ToArray() : null;
        }

        try
        {
            if (codec.DataFormat == DataFormat.Binary)
            {
                return Convert.FromHexString(System.Text.Encoding.Latin1.GetString(line.Trim(" \t"u8)));
            }

            if (!Utf8.IsValid(line))
            {
                return null;
            }

            // The envelope is one level of the 64.
            using var document = JsonDocument.Parse(line.ToArray(), new JsonDocumentOptions { MaxDepth = 63 });
            return line.Trim(" \t\r"u8).ToArray();
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }

    private sealed class Nowhere : IByteSink
    {
        public bool Write(ReadOnlySpan<byte> bytes) => true;
    }
}
