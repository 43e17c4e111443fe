using System.Reactive.Concurrency;
using ReactiveLink;
using ReactiveLink.Metrics;

namespace Syslog;

/// <summary>From messages to rates and to an alert. It knows neither a socket nor a clock, so it runs in virtual time as well.</summary>
internal static class Flow
{
    private static readonly WindowOptions Counts = new() { Aggregates = Aggregates.Sum, Percentiles = PercentileMode.None };

    #region syslog-flow
    /// <summary>The messages of each severity: their number and how many a second.</summary>
    public static IObservable<KeyedWindow<Severity>> Rates(IObservable<SyslogMessage> messages, FlowOptions options, IScheduler scheduler) => messages
        .PerKey(message => message.Severity, static _ => 1, options.Window, options.Every, idleExpiry: options.Window * 2, options: Counts, scheduler: scheduler);

    /// <summary>An alert on bursts of what is an error or worse. A silence is told as a rate of zero: no errors are good news, other than no data.</summary>
    public static IObservable<AlertTransition> Alerts(IObservable<SyslogMessage> messages, FlowOptions options, IScheduler scheduler) => messages
        .SlidingWindow(message => message.Severity <= Severity.Error ? 1 : 0, options.Window, options.Every, Counts, scheduler)
        .AlertWhen(
            window => window.PerSecond > options.ErrorsPerSecond,
            options.HoldFor,
            options.HoldFor,
            window => window.PerSecond,
            new AlertOptions { Rule = "error-burst" },
            scheduler);
    #endregion

    /// <summary>What was refused or lost, by the parser's reason or else the fault's, summed up: a flood of faults is no flood of lines.</summary>
    public static IObservable<KeyedWindow<string>> Faults(IObservable<Fault> faults, FlowOptions options, IScheduler scheduler) => faults
        .PerKey(
            fault => fault.Detail ?? fault.Reason.ToName(),
            fault => fault.Count,
            options.Every,
            idleExpiry: options.Window,
            options: Counts with { EmitEmpty = false },
            scheduler: scheduler);
}
