using System.Reactive.Concurrency;
using System.Reflection;
using ReactiveLink.Metrics;
using ReactiveLink.Testing;

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
