using System.Collections.Immutable;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using ReactiveLink;
using ReactiveLink.Metrics;
using ReactiveLink.Testing;

namespace ControlLoop;

/// <summary>
/// Plant and controller with their two links: telemetry up, commands down. The same two classes run over a virtual network in virtual time, and over sockets on the
/// loopback interface with the harm of the network as an operator on what is received.
/// </summary>
internal static class LoopRun
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>In virtual time: ends as soon as it is computed, and does the same again for the same settings.</summary>
    public static LoopResult InVirtualTime(LoopSettings settings, Action<string> print)
    {
        var scheduler = new HistoricalScheduler(Epoch);
        using var network = new VirtualNetwork(scheduler, settings.Seed);
        var plantHost = network.AddHost("plant", "10.0.0.1");
        var controllerHost = network.AddHost("controller", "10.0.0.2");
        network.Path("plant", "controller").Conditions = settings.Up;
        network.Path("controller", "plant").Conditions = settings.Down;
        using var telemetryIn = UdpLink.Over(controllerHost.Listen("*:9000"));
        using var commandsIn = UdpLink.Over(plantHost.Listen("*:9001"));
        using var telemetryOut = UdpLink.Over(plantHost.Connect("controller:9000"), new LinkOptions { Source = "plant" });
        using var commandsOut = UdpLink.Over(controllerHost.Connect("plant:9001"), new LinkOptions { Source = "controller" });

        var (lostUp, lostDown) = (new Losses(), new Losses());
        var lost = network.Events.Where(happened => happened.Kind == NetworkEventKind.Lost);
        using var countingUp = lost.Where(happened => happened.FromHost == plantHost.Name).Subscribe(happened => lostUp.Add(happened.Ordinal));
        using var countingDown = lost.Where(happened => happened.FromHost == controllerHost.Name).Subscribe(happened => lostDown.Add(happened.Ordinal));
        using var controller = new Controller(Measurements(telemetryIn), commandsOut, scheduler);
        using var plant = new Plant(telemetryOut, Commands(commandsIn), controller, lostUp, lostDown, settings, scheduler);
        using var view = LoopView.Show(plant, scheduler, print);
        var result = CollectAsync(plant, controller, settings);
        while (!result.IsCompleted)
        {
            scheduler.AdvanceBy(TimeSpan.FromMilliseconds(100));
        }

        return result.GetAwaiter().GetResult();
    }

    /// <summary>On real sockets and real time.</summary>
    public static async Task<LoopResult> OnLoopbackAsync(LoopSettings settings, Action<string> print)
    {
        // A process is slow at first, and a pole does not wait: a hand holds it until the loop has been in time for half a second.
        var first = settings with { Duration = TimeSpan.FromSeconds(0.5) };
        for (var attempt = 0; attempt < 10 && (await OnLoopbackAsync(first, _ => { }, held: true).ConfigureAwait(false)).Counts.Missed > 5; attempt++)
        {
        }

        return await OnLoopbackAsync(settings, print, held: false).ConfigureAwait(false);
    }

    private static async Task<LoopResult> OnLoopbackAsync(LoopSettings settings, Action<string> print, bool held)
    {
        using var plantThread = new EventLoopScheduler(start => new Thread(start) { IsBackground = true, Name = "plant" });
        await using var telemetryIn = UdpLink.Open("127.0.0.1:0");
        await using var commandsIn = UdpLink.Open("127.0.0.1:0");
        await using var telemetryOut = UdpLink.Connect(telemetryIn.LocalEndpoint.ToString(), options => options with { Source = "plant" });
        await using var commandsOut = UdpLink.Connect(commandsIn.LocalEndpoint.ToString(), options => options with { Source = "controller" });

        var (lostUp, lostDown) = (new Losses(), new Losses());
        var measurements = Measurements(telemetryIn).Impair(settings.Up, settings.Seed, log: To<Measurement>(lostUp));
        var commands = Commands(commandsIn).Impair(settings.Down, settings.Seed + 1, log: To<Command>(lostDown));
        using var controller = new Controller(measurements, commandsOut, DefaultScheduler.Instance);
        using var plant = new Plant(telemetryOut, commands, controller, lostUp, lostDown, settings, plantThread, held);
        using var view = LoopView.Show(plant, DefaultScheduler.Instance, print);
        var result = await CollectAsync(plant, controller, settings).ConfigureAwait(false);

        // Off the plant's thread, which has told of its end.
        await Task.Yield();
        return result;
    }

    private static IObservable<Measurement> Measurements(UdpLink link) => link.Messages.OfMessageType(MessageType.Data).DataAs<Measurement>().Select(message => message.Data);

    private static IObservable<Command> Commands(UdpLink link) => link.Messages.OfMessageType(MessageType.Command).DataAs<Command>().Select(message => message.Data);

    private static IObserver<ImpairmentEvent<T>> To<T>(Losses losses) => Observer.Create<ImpairmentEvent<T>>(happened =>
    {
        if (happened.Kind == NetworkEventKind.Lost)
        {
            losses.Add(happened.Ordinal);
        }
    });

    private static Task<LoopResult> CollectAsync(Plant plant, Controller controller, LoopSettings settings)
    {
        var latencies = new QuantileSketch();
        plant.Latencies.Subscribe(latencies.Add);

        // The figures are read as the last step is told: what arrives later is no part of the run, whenever the task goes on.
        var result = plant.Steps.ToList().Select(steps => Result([.. steps])).ToTask();
        plant.Start();
        return result;

        LoopResult Result(ImmutableArray<LoopStep> steps) => new()
        {
            Settings = settings,
            Steps = steps,
            Counts = plant.Counts,
            Latencies = latencies,
            MeasurementsSent = plant.Sent,
            CommandsSent = controller.Sent,
            Telemetry = controller.Telemetry?.GetStatistics() ?? default,
            Commands = plant.Counts.Commands?.GetStatistics() ?? default,
            Fall = Diagnosis.Of(steps, plant.Counts, latencies.Quantile(0.5), settings.Deadline.TotalSeconds),
        };
    }
}
