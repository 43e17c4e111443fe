using System.Net;

namespace ReactiveLink.Testing;

/// <summary>What to take from a capture. Default: every UDP datagram.</summary>
public sealed record CaptureReadOptions
{
    /// <summary>Only datagrams to this UDP port, 0 to 65535; null for all. Default null.</summary>
    public int? Port { get; init; }

    /// <summary>Only datagrams to this address; null for all. Default null.</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>Only datagrams from this address; null for all. Default null.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>How many fragmented datagrams are put together at a time, 1 to 65536; the oldest gives way with a fault. Each takes at most 64 KiB. Default 64.</summary>
    public int MaximumReassemblies { get; init; } = 64;

    /// <summary>By the capture's own stamps, how long the parts of a fragmented datagram are waited for; more than zero. Default 30 s, as Linux.</summary>
    public TimeSpan ReassemblyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal void Validate(string name)
    {
        var errors = new List<string>();
        if (Port is < 0 or > 65535)
        {
            errors.Add(FormattableString.Invariant($"Port is {Port}: give 0 to 65535, or null for all."));
        }

        if (MaximumReassemblies is < 1 or > 65536)
        {
            errors.Add(FormattableString.Invariant($"MaximumReassemblies is {MaximumReassemblies}: give 1 to 65536."));
        }

        if (ReassemblyTimeout <= TimeSpan.Zero)
        {
            errors.Add(FormattableString.Invariant($"ReassemblyTimeout is {ReassemblyTimeout}: give more than zero."));
        }

        if (errors.Count != 0)
        {
            throw new ArgumentException(string.Join(' ', errors), name);
        }
    }
}
