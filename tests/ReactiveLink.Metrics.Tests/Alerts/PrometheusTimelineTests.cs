using System.Reactive.Linq;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>
/// Timelines of a Prometheus rule, worked out by hand from its documentation: with an evaluation every minute, <c>for</c> and <c>keep_firing_for</c>. One item
/// stands for one evaluation: 1, the expression returned the series; 0, it did not.
/// </summary>
public sealed class PrometheusTimelineTests : ReactiveTest
{
    [Fact]
    public void For_of_5m_fires_at_the_evaluation_5_minutes_after_the_first() =>
        Assert.Equal(["0 Pending", "5 Firing", "7 Resolved"], Alert("1111111000", holdFor: 5, keepFiringFor: 0));

    [Fact]
    public void For_of_5m_starts_anew_when_one_evaluation_is_empty() =>
        Assert.Equal(["0 Pending", "4 Inactive", "5 Pending", "10 Firing"], Alert("111101111111", holdFor: 5, keepFiringFor: 0));

    [Fact]
    public void For_of_5m_does_not_fire_when_the_evaluation_at_5_minutes_is_empty() =>
        Assert.Equal(["0 Pending", "5 Inactive"], Alert("1111100000", holdFor: 5, keepFiringFor: 0));

    [Fact]
    public void Without_for_it_fires_at_the_first_evaluation() =>
        Assert.Equal(["1 Firing", "2 Resolved", "4 Firing"], Alert("01001", holdFor: 0, keepFiringFor: 0));

    [Fact]
    public void Keep_firing_for_of_3m_is_resolved_at_the_evaluation_3_minutes_after_the_first_empty_one() =>
        Assert.Equal(["0 Firing", "5 Resolved"], Alert("1100000", holdFor: 0, keepFiringFor: 3));

    [Fact]
    public void Keep_firing_for_of_3m_starts_anew_after_an_evaluation_that_is_not_empty() =>
        Assert.Equal(["0 Firing", "8 Resolved"], Alert("110010000", holdFor: 0, keepFiringFor: 3));

    [Fact]
    public void Keep_firing_for_does_not_keep_a_pending_alert() =>
        Assert.Equal(["0 Pending", "2 Inactive", "3 Pending", "6 Firing", "10 Resolved"], Alert("110111100000", holdFor: 3, keepFiringFor: 3));

    [Fact]
    public void Any_timeline_is_that_of_a_rule_evaluated_step_by_step() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(bool[] Evaluations, byte HoldFor, byte KeepFiringFor)>(),
            input => Assert.Equal(
                Evaluate(input.Evaluations ?? [], input.HoldFor % 6, input.KeepFiringFor % 6),
                Alert(string.Concat((input.Evaluations ?? []).Select(isTrue => isTrue ? '1' : '0')), input.HoldFor % 6, input.KeepFiringFor % 6)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    /// <summary>What AlertWhen makes of one evaluation a minute, each as its minute and the state.</summary>
    private static IEnumerable<string> Alert(string evaluations, int holdFor, int keepFiringFor)
    {
        var scheduler = new TestScheduler();
        var minute = TimeSpan.FromMinutes(1).Ticks;
        var source = scheduler.CreateHotObservable([.. evaluations.Select((e, i) => OnNext((i + 1) * minute, e == '1')), OnCompleted<bool>((evaluations.Length + 1) * minute - 1)]);
        var result = scheduler.Start(
            () => source.AlertWhen(isTrue => isTrue, TimeSpan.FromMinutes(holdFor), TimeSpan.FromMinutes(keepFiringFor), scheduler: scheduler), long.MaxValue);

        return [.. result.Messages.Where(m => m.Value.HasValue).Select(m => FormattableString.Invariant($"{(m.Time / minute) - 1} {m.Value.Value.To}"))];
    }

    /// <summary>A rule of Prometheus in a few lines.</summary>
    private static List<string> Evaluate(bool[] evaluations, int holdFor, int keepFiringFor)
    {
        List<string> changes = [];
        var state = AlertState.Inactive;
        var activeAt = 0;
        int? keepFiringSince = null;
        for (var minute = 0; minute < evaluations.Length; minute++)
        {
            var next = state;
            if (evaluations[minute])
            {
                keepFiringSince = null;
                activeAt = state == AlertState.Inactive ? minute : activeAt;
                next = state == AlertState.Firing || minute - activeAt >= holdFor ? AlertState.Firing : AlertState.Pending;
            }
            else if (state == AlertState.Pending)
            {
                next = AlertState.Inactive;
            }
            else if (state == AlertState.Firing)
            {
                keepFiringSince ??= minute;
                next = minute - keepFiringSince >= keepFiringFor ? AlertState.Resolved : AlertState.Firing;
            }

            if (next != state)
            {
                changes.Add(FormattableString.Invariant($"{minute} {next}"));
            }

            state = next == AlertState.Resolved ? AlertState.Inactive : next;
            keepFiringSince = state == AlertState.Firing ? keepFiringSince : null;
        }

        return changes;
    }
}
