using System.Globalization;

namespace ReactiveLink.Benchmarks;

/// <summary>What the load generator sends: valid profile A frames with consecutive sequence numbers.</summary>
/// <param name="Size">Bytes of a datagram, frame header included; ignored with <paramref name="Payload"/>.</param>
/// <param name="Payload">A file whose content is the payload, or null for a counting pattern.</param>
/// <param name="Rate">Datagrams a second, evenly spaced and not segmented; 0 for flat out in segmented batches.</param>
internal sealed record Load(int Size, string? Payload = null, int Rate = 0)
{
    /// <summary>The bytes of profile A before the payload: CRC and sequence number.</summary>
    public const int HeaderSize = 8;

    public static Load Envelopes(int rate) =>
        new(HeaderSize + (int)new FileInfo(NativeTools.Envelope).Length, NativeTools.Envelope, rate);
}

/// <summary>Starts a generator in a process of its own: the C one, or the portable one where there is none.</summary>
internal sealed class LoadGenerator(bool portable, ProcessorSet processors)
{
    private readonly string? _program = portable ? null : NativeTools.Compile("generate");

    /// <summary>Starts sending to a loopback port, until the input of the process is closed; it then answers with <c>sent</c>.</summary>
    public ChildProcess Start(int port, Load load)
    {
        List<string> command = _program is null ? [.. ChildProcess.Self, PortableGenerator.CommandName] : [_program];
        command.AddRange([Text(port), "--size", Text(load.Size)]);
        if (load.Payload is not null)
        {
            command.AddRange(["--payload", load.Payload]);
        }

        if (load.Rate > 0)
        {
            command.AddRange(["--rate", Text(load.Rate), "--segments", "1", "--batch", "1"]);
        }

        return ChildProcess.Start(command, processors);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
