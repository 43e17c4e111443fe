using System.Runtime.InteropServices;
using ReactiveLink.Metrics.Aggregation;

namespace ReactiveLink.Metrics;

/// <summary>What an aggregation of the user's own says of one window.</summary>
/// <typeparam name="TResult">The aggregation's result.</typeparam>
/// <param name="Start">The window's first instant, which is in it, in UTC.</param>
/// <param name="End">The window's end, which is not in it, in UTC.</param>
/// <param name="Count">How many values the window holds.</param>
/// <param name="Value">The result.</param>
/// <param name="IsPartial">True if the window does not lie wholly within the subscription.</param>
/// <param name="Revision">0 for a window's first result; counts up with each result that late items revise.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WindowResult<TResult>(
    DateTimeOffset Start, DateTimeOffset End, long Count, TResult Value, bool IsPartial = false, int Revision = 0);

internal static class WindowResult
{
    public static WindowResult<TResult> Create<TResult>(in WindowBounds bounds, long count, TResult value) => new(
        bounds.StartTime, bounds.EndTime, count, value, bounds.IsPartial, bounds.Revision);
}
