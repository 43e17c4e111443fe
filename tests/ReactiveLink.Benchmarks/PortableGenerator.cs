using System.Buffers.Binary;
using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Benchmarks;

/// <summary>
/// The load generator where there is no C compiler: the same frames and the same options as far as a benchmark uses them. Slower,
/// so fast contestants are limited by it.
/// </summary>
internal static class PortableGenerator
{
    public const string CommandName = "generate";

    private const int UdpLevel = 17;
    private const int UdpSegment = 103;
    private const int LargestDatagram = 65507;
    private const int MostSegments = 64;

    public static Command CreateCommand()
    {
        var port = new Argument<int>("port");
        var size = new Option<int>("--size") { DefaultValueFactory = _ => 64 };
        var payload = new Option<FileInfo?>("--payload");
        var rate = new Option<int>("--rate");
        var segments = new Option<int>("--segments") { DefaultValueFactory = _ => MostSegments };
        var batch = new Option<int>("--batch"); // the C generator's; here a batch is one call's segments
        var command = new Command(CommandName) { port, size, payload, rate, segments, batch };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            byte[]? content = parsed.GetValue(payload) is { } file ? File.ReadAllBytes(file.FullName) : null;
            content ??= [.. Enumerable.Range(0, parsed.GetValue(size) - Load.HeaderSize).Select(i => (byte)i)];
            int run = OperatingSystem.IsLinux() ? Math.Min(parsed.GetValue(segments), LargestDatagram / (Load.HeaderSize + content.Length)) : 1;
            Generate(parsed.GetValue(port), content, parsed.GetValue(rate), run);
        });
        return command;
    }

    private static void Generate(int port, byte[] payload, int rate, int segments)
    {
        int size = Load.HeaderSize + payload.Length;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, port);
        if (segments > 1)
        {
            socket.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(size));
        }

        bool stop = false;
        new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
            }

            Volatile.Write(ref stop, true);
        })
        { IsBackground = true }.Start();

        var frames = new byte[segments * size];
        for (int i = 0; i < segments; i++)
        {
            payload.CopyTo(frames, (i * size) + Load.HeaderSize);
        }

        var crc = new SequenceCrc(payload);
        var clock = Stopwatch.StartNew();
        uint sequence = 0;
        long sent = 0, refused = 0;
        while (!Volatile.Read(ref stop))
        {
            if (rate > 0 && clock.Elapsed.TotalSeconds * rate < sent)
            {
                continue; // not due yet: spin, a sleep is too coarse
            }

            for (int i = 0; i < segments; i++)
            {
                var header = frames.AsSpan(i * size, Load.HeaderSize);
                uint number = sequence + (uint)i;
                BinaryPrimitives.WriteUInt32BigEndian(header, crc.For(number));
                BinaryPrimitives.WriteUInt32BigEndian(header[4..], number);
            }

            try
            {
                socket.Send(frames);
                sequence += (uint)segments;
                sent += segments;
            }
            catch (SocketException)
            {
                refused++; // the receiver is not there yet, or no longer
            }
        }

        Console.WriteLine($"sent={sent} elapsedNs={(long)clock.Elapsed.TotalNanoseconds} refused={refused}");
    }

    /// <summary>
    /// The CRC-32 of a fixed payload behind any sequence number. It is affine over GF(2): that for number zero, xored with one
    /// contribution per byte of the number.
    /// </summary>
    private sealed class SequenceCrc
    {
        private readonly uint _ofZero;
        private readonly uint[][] _contributions = new uint[4][];

        public SequenceCrc(byte[] payload)
        {
            var table = new uint[256];
            for (uint i = 0; i < table.Length; i++)
            {
                table[i] = i;
                for (int bit = 0; bit < 8; bit++)
                {
                    table[i] = (table[i] >> 1) ^ (0xEDB88320u & (uint)-(int)(table[i] & 1));
                }
            }

            byte[] frame = [0, 0, 0, 0, .. payload];
            _ofZero = Crc();
            for (int i = 0; i < _contributions.Length; i++)
            {
                _contributions[i] = new uint[256];
                for (int value = 0; value < 256; value++)
                {
                    frame[i] = (byte)value;
                    _contributions[i][value] = Crc() ^ _ofZero;
                }

                frame[i] = 0;
            }

            uint Crc() => ~frame.Aggregate(uint.MaxValue, (crc, b) => (crc >> 8) ^ table[(byte)(crc ^ b)]);
        }

        public uint For(uint sequence) => _ofZero
            ^ _contributions[0][sequence >> 24]
            ^ _contributions[1][(byte)(sequence >> 16)]
            ^ _contributions[2][(byte)(sequence >> 8)]
            ^ _contributions[3][(byte)sequence];
    }
}
