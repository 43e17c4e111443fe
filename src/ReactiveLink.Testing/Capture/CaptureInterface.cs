namespace ReactiveLink.Testing;

/// <summary>What a pcapng interface description says.</summary>
/// <param name="LinkType">The link type.</param>
/// <param name="SnapLength">The most that is kept of a packet; 0 for no limit.</param>
/// <param name="Resolution">if_tsresol: negative powers of 10, or of 2 if the highest bit is set.</param>
/// <param name="OffsetSeconds">if_tsoffset, added to each stamp.</param>
internal readonly record struct CaptureInterface(int LinkType, uint SnapLength, byte Resolution, long OffsetSeconds)
{
    /// <summary>A stamp as UTC ticks since year 1, rounded down; false if it is out of the years 1 to 9999.</summary>
    public bool TryToTicks(ulong stamp, out long ticks)
    {
        var exponent = Resolution & 0x7F;
        UInt128 sum = stamp;
        if ((Resolution & 0x80) != 0)
        {
            sum = (sum * TimeSpan.TicksPerSecond) >> exponent;
        }
        else
        {
            for (; exponent < 7; exponent++)
            {
                sum *= 10;
            }

            for (; exponent > 7 && sum != 0; exponent--)
            {
                sum /= 10;
            }
        }

        var total = (Int128)sum + ((Int128)OffsetSeconds * TimeSpan.TicksPerSecond) + DateTimeOffset.UnixEpoch.Ticks;
        var inRange = total >= 0 && total <= DateTime.MaxValue.Ticks;
        ticks = inRange ? (long)total : 0;
        return inRange;
    }
}
