using System.CommandLine;

namespace ReactiveLink.Benchmarks.Dashboard;

/// <summary>The process of a bare link that nobody is subscribed to, with the options that the dashboard opens its own with.</summary>
internal static class LinkHost
{
    private const string CommandName = "link-alone";

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
        using var link = UdpLink.Open("127.0.0.1:0");
        link.Start();
        Console.WriteLine($"port={link.LocalEndpoint.Port}");
        var begin = default(Measurement);
        long receivedAtBegin = 0;
        long receivingAtBegin = 0;
        while (Console.ReadLine() is { } line)
        {
            var now = Measurement.Take();
            long receiving = ReceiveThread.ReadCpuNs("self");
            long received = link.GetStatistics().Ledger.Delivered;
            if (line == "end")
            {
                Console.WriteLine($"received={received - receivedAtBegin} {now.Since(begin)} receivingNs={receiving - receivingAtBegin}");
            }

            begin = now;
            receivedAtBegin = received;
            receivingAtBegin = receiving;
        }
    }
}
