using System.Reactive.Concurrency;
using System.Reflection;
using Microsoft.Reactive.Testing;
using ReactiveLink.Metrics;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Endurance.Tests.Clock;

/// <summary>The wall clock is set by ten years, there, back and to and fro, while operators run: what they tell, and when, is the same as if it had not been.</summary>
public sealed class ClockStepTests
{
    private static readonly TimeSpan TenYears = TimeSpan.FromDays(3652);

    /// <summary>Types, not methods, that take a scheduler. Each has cases of its own here or is what another case runs on.</summary>
    private static readonly string[] Types = ["MetricRegistry", "UdpLink"];

    public static TheoryData<string> Operators { get; } = new(ClockCases.All.Keys);

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_clock_that_is_set_by_ten_years_changes_nothing(string name)
    {
        var expected = ClockBench.Run(ClockCases.All[name], _ => TimeSpan.Zero);
        Assert.True(expected.Count(line => !line.EndsWith(": end", StringComparison.Ordinal)) >= 5, string.Join('\n', expected));
        Assert.DoesNotContain(expected, line => line.Contains(": error", StringComparison.Ordinal) || line.Contains("beyond belief", StringComparison.Ordinal));
        Assert.Equal(expected, ClockBench.Run(ClockCases.All[name], i => i < 100 ? TimeSpan.Zero : TenYears));
        Assert.Equal(expected, ClockBench.Run(ClockCases.All[name], i => i < 100 ? TimeSpan.Zero : -TenYears));
        Assert.Equal(expected, ClockBench.Run(ClockCases.All[name], i => i is < 100 or > 200 ? TimeSpan.Zero : TenYears));
        Assert.Equal(expected, ClockBench.Run(ClockCases.All[name], i => i % 2 == 0 ? TenYears : -TenYears));
    }

    [Fact]
    public void The_last_activity_is_the_later_one_also_when_the_clock_was_set_back_between()
    {
        var time = new TestScheduler();
        time.AdvanceTo(ClockBench.Begin.UtcTicks);
        using var network = new VirtualNetwork(time);
        var near = network.AddHost("near", "10.0.0.2");
        using var remote = network.AddHost("far", "10.0.0.1").Listen("10.0.0.1:9000");
        using var link = UdpLink.Over(near.Connect("10.0.0.1:9000"));
        link.Start();
        Assert.Null(link.GetStatistics().LastActivity);
        Assert.True(link.SendAsync(1).IsCompletedSuccessfully);
        Assert.Equal(near.Scheduler.Now, link.GetStatistics().LastActivity);

        near.ClockOffset = -TenYears;
        remote.Send(Wire.Message(1), new UdpEndpoint(near.Addresses[0], link.LocalEndpoint.Port));
        time.AdvanceBy(TimeSpan.TicksPerSecond);
        Assert.Equal(1, link.GetStatistics().Ledger.Received);
        Assert.InRange(near.Scheduler.Now - link.GetStatistics().LastActivity!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        near.ClockOffset = -2 * TenYears;
        Assert.True(link.SendAsync(2).IsCompletedSuccessfully);
        Assert.Equal(near.Scheduler.Now, link.GetStatistics().LastActivity);
    }

    /// <summary>A new operator that takes a scheduler is not forgotten here.</summary>
    [Fact]
    public void Every_public_operator_that_takes_a_scheduler_has_a_case()
    {
        var operators = new[] { typeof(UdpLink), typeof(MetricRegistry), typeof(VirtualNetwork) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.GetParameters().Any(p => p.ParameterType == typeof(IScheduler)))
            .Select(method => method.Name);
        Assert.Equal(
            operators.Concat(Types).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            ClockCases.All.Keys.Select(name => name.Split(' ')[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }
}
