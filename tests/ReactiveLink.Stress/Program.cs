using System.CommandLine;
using System.Diagnostics;
using System.Reactive.Concurrency;
using ReactiveLink;
using ReactiveLink.Stress;
using ReactiveLink.Testing;

var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 1 };
var stall = new Option<bool>("--stall") { Description = "Stalls on purpose, to show what the watchdog prints." };
var stacks = new Option<int?>(ManagedStacks.Option) { Hidden = true };
var command = new RootCommand("Real threads over links and registries; a stall of a second, a total that is not exact or a broken grammar fails the run.") { minutes, stall, stacks };
command.SetAction(parsed =>
{
    if (parsed.GetValue(stacks) is { } process)
    {
        ManagedStacks.Print(process);
        return 0;
    }

    // Each storm's round is short: links are opened and closed again and again.
    var time = TimeSpan.FromMinutes(parsed.GetValue(minutes));
    var round = TimeSpan.FromSeconds(Math.Clamp(time.TotalSeconds / 4, 1, 10));
    var clock = Stopwatch.StartNew();
    using var watchdog = new Watchdog();
    if (parsed.GetValue(stall))
    {
        // Long enough for the watchdog, which ends the program.
        new StallStorm(watchdog).Run(TimeSpan.FromSeconds(30));
        return 0;
    }

    var rounds = 0;
    do
    {
        using var network = new VirtualNetwork(DefaultScheduler.Instance, seed: (ulong)rounds)
        {
            Conditions = new PathConditions { Jitter = Distribution.Exponential(TimeSpan.FromMilliseconds(1)), Loss = LossModel.Random(0.05), Duplication = 0.05, Corruption = 0.05 },
        };
        var server = network.AddHost("server", "10.0.0.1");
        var client = network.AddHost("client", "10.0.0.2");
        Storm[] storms =
        [
            new LinkStorm(watchdog, static () => UdpLink.Open("127.0.0.1:0"), static link => UdpLink.Connect(link.LocalEndpoint.ToString()), "loopback"),
            new LinkStorm(
                watchdog,
                () => UdpLink.Over(server.Listen("*:0")),
                link => UdpLink.Over(client.Connect($"server:{link.LocalEndpoint.Port}")),
                "virtual network"),
            new RegistryStorm(watchdog),
        ];
        foreach (var storm in storms)
        {
            try
            {
                storm.Run(round);
            }
            catch (AggregateException failed)
            {
                Console.WriteLine(failed);
                return 1;
            }

            Console.WriteLine(storm.Summary);
        }

        rounds++;
    }
    while (clock.Elapsed < time);
    Console.WriteLine($"{clock.Elapsed.TotalMinutes:0.0} minutes, {rounds} rounds, longest step {watchdog.Longest.TotalMilliseconds:0} ms: ok");
    return 0;
});
return await command.Parse(args).InvokeAsync();
