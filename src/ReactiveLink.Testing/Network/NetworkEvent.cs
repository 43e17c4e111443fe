using System.Globalization;

namespace ReactiveLink.Testing;

/// <summary>One thing that happened in a <see cref="VirtualNetwork"/>: its log is the oracle of a test.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When, by the network's clock.</param>
public sealed record NetworkEvent(NetworkEventKind Kind, DateTimeOffset At)
{
    /// <summary>The datagram: a number for each send, from 1, in the order of the sends; 0 if no datagram is concerned. Copies have the id of their datagram.</summary>
    public long Id { get; init; }

    /// <summary>Which datagram of its path it is, from 1; 0 where there is no path. It does not depend on other paths.</summary>
    public long Ordinal { get; init; }

    /// <summary>The host that it comes from; for a NAT's or a host's own events, that one.</summary>
    public string? FromHost { get; init; }

    /// <summary>The host that it is for, if that is known.</summary>
    public string? ToHost { get; init; }

    /// <summary>Who sent it, as the receiver sees it: after a NAT.</summary>
    public UdpEndpoint? From { get; init; }

    /// <summary>Where it was sent to; for a delivery, the local endpoint of the transport that got it.</summary>
    public UdpEndpoint? To { get; init; }

    /// <summary>The bytes as they are now. They never change.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>One line: when, what, which, from where to where.</summary>
    /// <returns>For example <c>00:00:00.0010000 Lost #3 (a 10.0.0.1:9000 → b 10.0.0.2:9000, number 3 of its path, 20 bytes)</c>, with the time of day.</returns>
    public override string ToString()
    {
        var time = At.TimeOfDay.ToString("c", CultureInfo.InvariantCulture);
        if (Id == 0)
        {
            return ToHost is null ? $"{time} {Kind} {FromHost}" : $"{time} {Kind} {FromHost} → {ToHost}";
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time} {Kind} #{Id} ({FromHost} {From} → {ToHost} {To}, number {Ordinal} of its path, {Payload.Length} bytes)");
    }
}
