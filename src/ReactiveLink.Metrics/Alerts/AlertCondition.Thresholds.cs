using ReactiveLink.Metrics.Alerts;

namespace ReactiveLink.Metrics;

/// <content>Thresholds with hysteresis.</content>
public sealed partial class AlertCondition
{
    /// <summary>
    /// Hysteresis: true from a value above the one threshold on, until one is below the other. A value that trembles about one threshold makes one alert, not
    /// many.
    /// <list type="table">
    /// <listheader><term>value</term><description>the condition is</description></listheader>
    /// <item><term>above <paramref name="fireAbove"/></term><description>true</description></item>
    /// <item><term>below <paramref name="clearBelow"/></term><description>false</description></item>
    /// <item><term>between them, or on one of them</term><description>what it was, false at first</description></item>
    /// </list>
    /// </summary>
    /// <remarks>The alert's value is the item's. A key takes at most 500 bytes.</remarks>
    /// <param name="fireAbove">Above this it becomes true. Finite.</param>
    /// <param name="clearBelow">Below this it becomes false. Finite, at most <paramref name="fireAbove"/>.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A threshold is out of range.</exception>
    public static AlertCondition Above(double fireAbove, double clearBelow)
    {
        ThrowIfNotFinite(fireAbove);
        ThrowIfNotFinite(clearBelow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clearBelow, fireAbove);
        return new(() => new HysteresisJudge(fireAbove, clearBelow, sign: 1));
    }

    /// <summary><see cref="Above"/> upside down: true from a value below the one threshold on, until one is above the other.</summary>
    /// <param name="fireBelow">Below this it becomes true. Finite.</param>
    /// <param name="clearAbove">Above this it becomes false. Finite, at least <paramref name="fireBelow"/>.</param>
    /// <returns>The condition.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A threshold is out of range.</exception>
    public static AlertCondition Below(double fireBelow, double clearAbove)
    {
        ThrowIfNotFinite(fireBelow);
        ThrowIfNotFinite(clearAbove);
        ArgumentOutOfRangeException.ThrowIfLessThan(clearAbove, fireBelow);
        return new(() => new HysteresisJudge(fireBelow, clearAbove, sign: -1));
    }
}
