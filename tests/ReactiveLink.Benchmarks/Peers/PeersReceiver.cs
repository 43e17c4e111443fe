using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace ReactiveLink.Benchmarks.Peers;

/// <summary>
/// The process whose link receives from many peers. <c>await N</c> answers when so many have come, <c>begin</c> opens the window of measurement,
/// <c>end</c> closes it.
/// </summary>
internal static class PeersReceiver
{
    public const string AwaitPeers = "await ";
    private const string CommandName = "peers-receiver";
    private const int MostPeers = 1 << 18;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    public static IReadOnlyList<string> Command => [.. ChildProcess.Self, CommandName];

    public static Command CreateCommand()
    {
        var command = new Command(CommandName);
        command.Hidden = true;
        command.SetAction(_ => Run());
        return command;
    }

    private static void Run()
    {
        long received = 0;
        using var link = UdpLink.Open("127.0.0.1:0", options => options with
        {
            Sequencing = options.Sequencing with { MaximumPeers = MostPeers },
            Transport = options.Transport with { MaximumInternedEndpoints = MostPeers, ReceiveBufferSize = Receive.ReceiveBenchmark.ReceiveBufferBytes },
        });
        using var subscription = link.Frames.Subscribe(_ => Volatile.Write(ref received, received + 1));
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine($"port={link.LocalEndpoint.Port}");
        var begin = default(Measurement);
        long receivedAtBegin = 0;
        while (Console.ReadLine() is { } line)
        {
            if (line.StartsWith(AwaitPeers, StringComparison.Ordinal))
            {
                Console.WriteLine($"peers={Arrived(link, int.Parse(line.AsSpan(AwaitPeers.Length), CultureInfo.InvariantCulture))}");
                continue;
            }

            var now = Measurement.Take();
            long count = Volatile.Read(ref received);
            if (line == "end")
            {
                long growth = GC.GetTotalMemory(forceFullCollection: true) - heap;
                Console.WriteLine($"received={count - receivedAtBegin} {now.Since(begin)} heap={growth}");
                break;
            }

            begin = now;
            receivedAtBegin = count;
        }

        Environment.Exit(0);
    }

    /// <summary>Waits until so many peers have come. A method of its own: what it collects is to be gone when the heap is measured.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Arrived(UdpLink link, int peers)
    {
        var known = new HashSet<PeerSequence>(peers);
        using var all = new ManualResetEventSlim();
        using (link.Frames.Subscribe(frame =>
        {
            // Peers that came before come again: the generator goes round.
            if (known.Count < peers && known.Add(frame.Peer!) && known.Count == peers)
            {
                all.Set();
            }
        }))
        {
            return all.Wait(Longest) ? peers : link.GetPeers().Length;
        }
    }
}
