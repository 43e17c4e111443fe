using System.CommandLine;

namespace ReactiveLink.Benchmarks.Peers;

/// <summary>The process whose link receives from many peers. <c>peers</c> asks how many came so far, <c>begin</c> opens the window of
/// measurement, <c>end</c> closes it.</summary>
internal static class PeersReceiver
{
    private const string CommandName = "peers-receiver";
    private const int MostPeers = 1 << 18;

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
            if (line == "peers")
            {
                Console.WriteLine($"peers={link.Peers.Length}");
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
}
