// Syslog over UDP (RFC 5424, RFC 3164, RFC 5426): rates per severity, and an alert on bursts of errors.
using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink;
using ReactiveLink.Samples;
using Syslog;

const string Help = """
    Receives syslog messages over UDP, prints their rates by severity, and an alert on bursts of errors.
    Without arguments it sends itself quiet times and a burst, and ends.

      --listen ENDPOINT     where messages come in (127.0.0.1:5514; port 0 takes any free one)
      --for SECONDS         ends by itself after so long
      --window SECONDS      the windows of the rates (10), told every second
      --errors-per-second N the alert: more errors than this (5)
      --hold SECONDS        for so long (2), and until they have been fewer for so long
      --messages            prints each message as a line of JSON instead of the rates
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    var line = new CommandLine(args, ["--listen", "--for", "--window", "--errors-per-second", "--hold"], "--messages");
    if (line.WantsHelp)
    {
        Console.WriteLine(Help);
        return 0;
    }

    return await RunAsync(line);
}
catch (Exception exception) when (exception is CommandLineException or FormatException or LinkOpenException)
{
    Console.Error.WriteLine(exception.Message.ReplaceLineEndings(" "));
    return exception is LinkOpenException ? 1 : 2;
}

static async Task<int> RunAsync(CommandLine line)
{
    var usual = line.IsEmpty ? Demo.Options : new FlowOptions();
    var options = usual with
    {
        Window = line.Seconds("--window") ?? usual.Window,
        ErrorsPerSecond = line.Number("--errors-per-second", 0, 1_000_000, (int)usual.ErrorsPerSecond),
        HoldFor = line.Seconds("--hold") ?? usual.HoldFor,
    };
    if (options.Window.Ticks % options.Every.Ticks != 0 || options.Window > TimeSpan.FromHours(1))
    {
        throw new CommandLineException("--window must be from 1 to 3600 whole seconds.");
    }

    var output = new Output();
    using var faults = new Subject<Fault>();
    UdpEndpoint? bound = null;
    var failure = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    var messages = Udp.Listen(line.Text("--listen", line.IsEmpty ? "127.0.0.1:0" : "127.0.0.1:5514"), faults: faults, bound: endpoint => bound = endpoint)
        .Parse<SyslogMessage>(SyslogParser.TryParse, faults)
        .Publish();
    using var flow = new CompositeDisposable(
        line.Has("--messages") ? messages.Subscribe(output.Show, failure.SetException) : Flow.Rates(messages, options, DefaultScheduler.Instance).Subscribe(output.Show, failure.SetException),
        Flow.Alerts(messages, options, DefaultScheduler.Instance).Subscribe(output.Show, _ => { }),
        Flow.Faults(faults, options, DefaultScheduler.Instance).Subscribe(output.Show),
        messages.Connect());
    if (bound is null)
    {
        await failure.Task;
    }

    Console.WriteLine($"Listening on {bound}");
    if (line.IsEmpty)
    {
        return await Demo.RunAsync(bound!, () => output.Alerts);
    }

    using var end = new CancellationTokenSource();
    if (line.Seconds("--for") is { } time)
    {
        end.CancelAfter(time);
    }

    using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, Stop);
    using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, Stop);
    var stopped = Task.Delay(Timeout.Infinite, end.Token);
    if (await Task.WhenAny(stopped, failure.Task) != stopped)
    {
        await failure.Task;
    }

    return 0;

    void Stop(System.Runtime.InteropServices.PosixSignalContext context)
    {
        context.Cancel = true;
        end.Cancel();
    }
}
