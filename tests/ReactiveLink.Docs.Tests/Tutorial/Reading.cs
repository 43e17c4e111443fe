using System.Buffers.Binary;

namespace ReactiveLink.Docs.Tests.Tutorial;

#region tutorial-reading
/// <summary>Six bytes, big-endian: the device, a number that counts up, the temperature in hundredths of a degree.</summary>
internal readonly record struct Reading(ushort Device, ushort Number, double Celsius)
{
    public static bool TryParse(ReadOnlySpan<byte> payload, out Reading reading)
    {
        reading = default;
        if (payload.Length != 6)
        {
            return false;
        }

        reading = new Reading(
            BinaryPrimitives.ReadUInt16BigEndian(payload),
            BinaryPrimitives.ReadUInt16BigEndian(payload[2..]),
            BinaryPrimitives.ReadInt16BigEndian(payload[4..]) / 100.0);
        return true;
    }
}
#endregion
