using System.Runtime.CompilerServices;
using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

/// <summary>
/// A condition over a value, for <c>AlertWhen</c> and <c>AlertWhenPerKey</c>. It only says what is asked for: each subscription, and each key of one, has a state
/// of its own, so one condition serves any number of rules.
/// <list type="table">
/// <listheader><term>value</term><description>what is made of it</description></listheader>
/// <item><term>the condition holds, or does not</term><description>true, or false: see <c>AlertWhen</c></description></item>
/// <item><term>too little is known of the values before</term><description>cannot be judged: nothing changes, but it is data</description></item>
/// <item><term>NaN, and an infinity but for <see cref="Above"/> and <see cref="Below"/></term><description>as if it had not come; refused (<see cref="AlertRefusalReason.NotFinite"/>), counted</description></item>
/// </list>
/// </summary>
public sealed partial class AlertCondition
{
    private readonly string _name;
    private readonly Func<AlertJudge> _newJudge;

    private AlertCondition(Func<AlertJudge> newJudge, [CallerMemberName] string name = "")
    {
        _name = name;
        _newJudge = newJudge;
    }

    /// <summary>What the condition is called: the name of rules that have no other.</summary>
    /// <returns>The name, as <c>Above</c>.</returns>
    public override string ToString() => _name;

    internal AlertJudge NewJudge() => _newJudge();

    private static void ThrowIfNotFinite(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "The value must be a finite number.");
        }
    }

    private static void ThrowIfNotPositive(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        ThrowIfNotFinite(value, name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
    }
}
