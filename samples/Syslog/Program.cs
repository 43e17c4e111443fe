// Syslog over UDP (RFC 5424, RFC 3164, RFC 5426): rates per severity, and an alert on bursts of errors.
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink;
using ReactiveLink.Samples;
using Syslog;

return await SampleCommand.RunAsync(SyslogCommand.Create(RunAsync), args);

static async Task<int> RunAsync(SyslogSettings settings, CancellationToken stop)
{
    var output = new Output(asJson: settings.Messages);
    var scheduler = DefaultScheduler.Instance;
    using var faults = new Subject<Fault>();
    UdpEndpoint? bound = null;
    var failure = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    using var stopping = new Subject<Unit>();
    var messages = Udp.Listen(settings.Listen, faults: faults, bound: endpoint => bound = endpoint)
        .Parse<SyslogMessage>(SyslogParser.TryParse, faults)
        .Publish();
    using var flow = new CompositeDisposable(
        settings.Messages
            ? messages.TakeUntil(stopping).Subscribe(output.Show, failure.SetException, ended.SetResult)
            : Flow.Rates(messages.TakeUntil(stopping), settings.Flow, scheduler).Do(_ => { }, _ => output.End(), output.End).Subscribe(output.Show, failure.SetException, ended.SetResult),
        Flow.Alerts(messages, settings.Flow, scheduler).Subscribe(output.Show, _ => { }),
        Flow.Faults(faults, settings.Flow, scheduler).Subscribe(output.Show),
        messages.Connect());
    if (bound is null)
    {
        await failure.Task;
    }

    output.Listening(bound);
    if (settings.IsDemo)
    {
        await Demo.SendAsync(bound!);
    }
    else
    {
        // Until Ctrl+C, the time given, or the end of the socket.
        await Task.WhenAny(failure.Task, Task.Delay(settings.For ?? Timeout.InfiniteTimeSpan, stop));
    }

    // What windows still hold is told at their end.
    faults.OnCompleted();
    stopping.OnNext(Unit.Default);
    await await Task.WhenAny(failure.Task, ended.Task);
    return settings.IsDemo ? Demo.Judge(output.Alerts) : 0;
}
