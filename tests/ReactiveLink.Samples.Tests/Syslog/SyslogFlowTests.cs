using System.Globalization;
using System.Net;
using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Reactive.Testing;
using ReactiveLink.Metrics;
using ReactiveLink.Tool.Tests.Processes;
using Syslog;

namespace ReactiveLink.Samples.Tests.Logs;

public sealed partial class SyslogFlowTests
{
    private static readonly long Start = TimeSpan.FromHours(1).Ticks;
    private static readonly UdpEndpoint Peer = new(IPAddress.Loopback, 514);

    private readonly TestScheduler _scheduler = new();

    private static string Seconds(DateTimeOffset at) => TimeSpan.FromTicks(at.Ticks - Start).TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private IObservable<SyslogMessage> DemoMessages()
    {
        List<Recorded<Notification<Datagram>>> datagrams = [];
        for (var step = 0; step < Syslog.Demo.Seconds * 50; step++)
        {
            if (Syslog.Demo.At(step) is { } message)
            {
                datagrams.Add(ReactiveTest.OnNext(
                    Start + (step * TimeSpan.TicksPerSecond / 50), new Datagram(Encoding.UTF8.GetBytes(message), Peer, DateTimeOffset.UnixEpoch, TimeSpan.Zero)));
            }
        }

        return _scheduler.CreateHotObservable([.. datagrams]).Parse<SyslogMessage>(SyslogParser.TryParse);
    }

    private IReadOnlyList<T> Run<T>(Func<IObservable<T>> create, double seconds) =>
        [.. _scheduler.Start(create, created: 0, subscribed: Start - 1, disposed: Start + (long)(seconds * TimeSpan.TicksPerSecond)).Messages.Select(message => message.Value.Value)];

    [Fact]
    public void The_alert_fires_in_the_burst_and_is_resolved_after_it_to_the_tick()
    {
        var messages = DemoMessages();

        var changes = Run(() => Flow.Alerts(messages, Syslog.Demo.Options, _scheduler), Syslog.Demo.Seconds);

        // 50 errors a second in [2, 4). Windows of 1 s end every 0.25 s: the one to 2.5 has 25 of them, the one to 4.75 the last 12; more than 20 make a burst.
        Assert.Equal(
            ["2.5 Inactive>Pending", "3 Pending>Firing", "5.25 Firing>Resolved"], changes.Select(change => $"{Seconds(change.At)} {change.From}>{change.To}"));
    }

    [Fact]
    public void Rates_are_told_by_severity_and_go_down_to_nothing()
    {
        var messages = DemoMessages();

        var rates = Run(() => Flow.Rates(messages, Syslog.Demo.Options, _scheduler), Syslog.Demo.Seconds);

        var told = rates.Select(rate => $"{Seconds(rate.Window.End)} {rate.Key} {rate.Window.Rate.ToString(CultureInfo.InvariantCulture)}").ToList();
        Assert.Contains("1 Informational 10", told);
        Assert.Contains("3 Error 50", told);
        Assert.Contains("3 Informational 0", told);
        Assert.Contains("5 Error 0", told);
        Assert.Contains("7.75 Informational 10", told);
        Assert.DoesNotContain(told, line => line.Contains("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flood_of_faults_is_told_once_a_second_by_reason()
    {
        List<Recorded<Notification<Fault>>> flood = [];
        for (var i = 0; i < 1000; i++)
        {
            flood.Add(ReactiveTest.OnNext(Start + (i * TimeSpan.TicksPerMillisecond), new Fault(FaultReason.ParseFailed, default, Peer, Detail: i % 4 == 0 ? "bad-text" : "bad-priority")));
        }

        flood.Add(ReactiveTest.OnNext(Start + TimeSpan.TicksPerSecond + 1, new Fault(FaultReason.KernelDrop, default, Count: 12)));
        var faults = _scheduler.CreateHotObservable([.. flood]);

        var told = Run(() => Flow.Faults(faults, new FlowOptions(), _scheduler), 5);

        Assert.Equal(["bad-priority 750", "bad-text 250", "kernel-drop 12"], told.Select(window => $"{window.Key} {window.Window.Sum}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_alerts_that_come_for_years_the_last_hundred_are_remembered()
    {
        var output = new Output();
        for (var i = 0; i < 1000; i++)
        {
            output.Show(new AlertTransition("error-burst", null, AlertState.Pending, AlertState.Firing, i, default, default, AlertReason.Held));
        }

        Assert.Equal(Enumerable.Range(900, 100).Select(i => (double)i), output.Alerts.Select(change => change.Value));
    }

    [Fact]
    public void For_programs_every_line_is_an_object_of_JSON()
    {
        var lines = new StringWriter();
        var output = new Output(asJson: true, lines);
        output.Listening(Peer);
        output.Show(new AlertTransition("error-burst", null, AlertState.Inactive, AlertState.NoData, double.NaN, default, default, AlertReason.Held));
        var faults = _scheduler.CreateHotObservable(ReactiveTest.OnNext(Start, new Fault(FaultReason.KernelDrop, default, Count: 12)));
        foreach (var fault in Run(() => Flow.Faults(faults, new FlowOptions(), _scheduler), 5))
        {
            output.Show(fault);
        }

        var objects = lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["listening", "alert", "fault"], objects.Select(line => line.EnumerateObject().First().Name));
        Assert.Equal(12, objects[2].GetProperty("count").GetInt32());
    }

    [Fact]
    public void The_last_windows_are_told_at_the_end_and_the_one_that_has_begun()
    {
        var lines = new StringWriter();
        var output = new Output(to: lines);
        var messages = DemoMessages();
        using var stop = new Subject<Unit>();
        using var rates = Flow.Rates(messages.TakeUntil(stop), Syslog.Demo.Options, _scheduler).Subscribe(output.Show, output.End);
        string[] Told() => lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        _scheduler.AdvanceTo(Start + (long)(1.6 * TimeSpan.TicksPerSecond));
        Assert.StartsWith("01:00:01.25 ", Told()[^1], StringComparison.Ordinal);
        stop.OnNext(Unit.Default);

        Assert.Equal(["01:00:01.25", "01:00:01.50", "01:00:01.75"], Told()[^3..].Select(line => line.Split(' ')[0]));
        Assert.All(Told()[^3..], line => Assert.Contains("Informational", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopped_it_tells_the_last_rates()
    {
        await using var syslog = ChildProcess.Start("dotnet", "exec", Sample.PathOf("Syslog"), "--listen", "127.0.0.1:0", "--for", "120");
        var endpoint = (await syslog.ReadLineAsync())!.Split(' ')[^1];
        using (var program = UdpTransport.Connect(endpoint))
        {
            program.Send("<131>1 - a b c - - no connection"u8);
        }

        Assert.Matches(RateLine(), await syslog.ReadLineAsync());
        syslog.Terminate();

        Assert.Matches(RateLine(), (await syslog.ReadToEndAsync()).Trim());
        Assert.Equal((0, ""), await syslog.WaitAsync());
    }

    [GeneratedRegex(@"^[0-9:.]{11}  Error \d+\.\d/s", RegexOptions.None, 1000)]
    private static partial Regex RateLine();

    [Fact]
    public async Task On_a_real_socket_the_alert_fires_and_is_resolved()
    {
        var output = await Sample.AssertDemoAsync("Syslog", "The alert fired in the burst and was resolved after it.");

        Assert.Contains("ALERT  error-burst  Pending -> Firing", output, StringComparison.Ordinal);
        Assert.Contains("ALERT  error-burst  Firing -> Resolved", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--listen 127.0.0.1:0 --for 0.5 --messages", 0, "")]
    [InlineData("--messages=1", 2, "Syslog: Unrecognized command or argument '1'. See --help.")]
    [InlineData("--window 0.5", 2, "Syslog: --window must be a whole number from 1 to 3600, and is '0.5'. See --help.")]
    [InlineData("--window 3601", 2, "Syslog: --window must be a whole number from 1 to 3600, and is '3601'. See --help.")]
    [InlineData("--errors-per-second 1000001", 2, "Syslog: --errors-per-second must be a whole number from 0 to 1000000, and is '1000001'. See --help.")]
    [InlineData("--hold 0 --for 0", 2, "Syslog: --for must be from 0.1 to 1000000, and is '0'. --hold must be from 0.1 to 1000000, and is '0'. See --help.")]
    [InlineData("--listen 127.0.0.1:99999", 2, "Syslog: The endpoint '127.0.0.1:99999' has '99999' for a port. Write a number from 0 to 65535.")]
    [InlineData("--listen 192.0.2.1:9", 2, "Syslog: The address 192.0.2.1 is not one of this machine. Bind one of its own addresses, or * for all of them.")]
    public Task Arguments(string arguments, int exitCode, string error) => Sample.AssertArgumentsAsync("Syslog", arguments, exitCode, error);

    [Fact]
    public async Task Its_help_tells_every_option_with_its_unit_and_default() =>
        await Sample.AssertHelpAsync(
            "Syslog", "--listen <ENDPOINT> 127.0.0.1:5514", "--for <SECONDS>", "--window <SECONDS> 10", "--errors-per-second <N> 5", "--hold <SECONDS> 2", "--messages");

    [Fact]
    public async Task Arguments_become_settings()
    {
        List<SyslogSettings> seen = [];
        var root = SyslogCommand.Create((settings, _) =>
        {
            seen.Add(settings);
            return Task.FromResult(0);
        });

        await SampleCommand.RunAsync(root, []);
        await SampleCommand.RunAsync(root, ["--messages"]);
        await SampleCommand.RunAsync(root, ["--listen", ":1", "--for", "0.5", "--window", "3", "--errors-per-second", "0", "--hold", "0.1"]);

        Assert.Equal(
            [
                new SyslogSettings { IsDemo = true, Listen = "127.0.0.1:0", Flow = Demo.Options },
                new SyslogSettings { IsDemo = false, Listen = "127.0.0.1:5514", Messages = true, Flow = new FlowOptions() },
                new SyslogSettings
                {
                    IsDemo = false,
                    Listen = ":1",
                    For = TimeSpan.FromSeconds(0.5),
                    Flow = new FlowOptions { Window = TimeSpan.FromSeconds(3), ErrorsPerSecond = 0, HoldFor = TimeSpan.FromSeconds(0.1) },
                },
            ],
            seen);
    }
}
