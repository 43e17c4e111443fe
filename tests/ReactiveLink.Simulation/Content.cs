using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReactiveLink.Simulation;

/// <summary>What a message says: its own number, a value and when it came to be, then bytes without a meaning.</summary>
/// <param name="Peer">Who sent it.</param>
/// <param name="Number">The sender's own number, at full width.</param>
/// <param name="Value">A value; NaN where it could not be read or is out of all measure.</param>
/// <param name="At">When it was sent, by the sender's clock, within an hour: a damaged one is not centuries away.</param>
internal readonly record struct Content(UdpEndpoint Peer, ulong Number, double Value, TimeSpan At)
{
    private const int Size = 24;
    private const double Smallest = 0.1;
    private const double Largest = 1e3;

    public static byte[] Write(DataFormat format, ulong number, double value, DateTimeOffset at, int filler)
    {
        if (format == DataFormat.Json)
        {
            return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"[{number},{value:R},{at.UtcTicks},\"{new string('x', filler)}\"]"));
        }

        var bytes = new byte[Size + filler];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(8), value);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), (ulong)at.UtcTicks);
        for (var index = Size; index < bytes.Length; index++)
        {
            bytes[index] = (byte)(number * (ulong)index);
        }

        return bytes;
    }

    /// <summary>Reads a message, however damaged it is.</summary>
    public static Content Read(Message message)
    {
        var (number, value, at) = message.DataFormat == DataFormat.Json ? ReadJson(message.Data) : ReadBytes(message.Data.Span);
        return new Content(message.Peer, number, value == 0 || Math.Abs(value) is >= Smallest and <= Largest ? value : double.NaN, TimeSpan.FromTicks((long)(at % TimeSpan.TicksPerHour)));
    }

    private static (ulong, double, ulong) ReadBytes(ReadOnlySpan<byte> data) => data.Length < Size
        ? (0, double.NaN, 0)
        : (BinaryPrimitives.ReadUInt64BigEndian(data), BinaryPrimitives.ReadDoubleBigEndian(data[8..]), BinaryPrimitives.ReadUInt64BigEndian(data[16..]));

    private static (ulong, double, ulong) ReadJson(ReadOnlyMemory<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data.Span);
            return reader.Read() && reader.TokenType == JsonTokenType.StartArray
                && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var number)
                && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value)
                && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var at)
                ? (number, value, at)
                : (0, double.NaN, 0);
        }
        catch (JsonException)
        {
            return (0, double.NaN, 0);
        }
    }
}
