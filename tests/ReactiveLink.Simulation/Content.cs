using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReactiveLink.Simulation;

/// <summary>What a message says: its own number and a value, then bytes without a meaning.</summary>
/// <param name="Peer">Who sent it.</param>
/// <param name="Number">The sender's own number, at full width.</param>
/// <param name="Value">A value; NaN where it could not be read or is out of all measure.</param>
internal readonly record struct Content(UdpEndpoint Peer, ulong Number, double Value)
{
    private const double Smallest = 0.1;
    private const double Largest = 1e3;

    public static byte[] Write(DataFormat format, ulong number, double value, int filler)
    {
        if (format == DataFormat.Json)
        {
            return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"[{number},{value:R},\"{new string('x', filler)}\"]"));
        }

        var bytes = new byte[16 + filler];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(8), value);
        for (var index = 16; index < bytes.Length; index++)
        {
            bytes[index] = (byte)(number * (ulong)index);
        }

        return bytes;
    }

    /// <summary>Reads a message, however damaged it is.</summary>
    public static Content Read(Message message)
    {
        var (number, value) = message.DataFormat == DataFormat.Json ? ReadJson(message.Data) : ReadBytes(message.Data.Span);
        return new Content(message.Peer, number, value == 0 || Math.Abs(value) is >= Smallest and <= Largest ? value : double.NaN);
    }

    private static (ulong, double) ReadBytes(ReadOnlySpan<byte> data) =>
        data.Length < 16 ? (0, double.NaN) : (BinaryPrimitives.ReadUInt64BigEndian(data), BinaryPrimitives.ReadDoubleBigEndian(data[8..]));

    private static (ulong, double) ReadJson(ReadOnlyMemory<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data.Span);
            return reader.Read() && reader.TokenType == JsonTokenType.StartArray
                && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var number)
                && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value)
                ? (number, value)
                : (0, double.NaN);
        }
        catch (JsonException)
        {
            return (0, double.NaN);
        }
    }
}
