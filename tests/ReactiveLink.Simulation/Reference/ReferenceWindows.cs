using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Reference;

/// <summary>A value and when it came, in UTC ticks of the subscription's clock.</summary>
internal readonly record struct TimedValue(long Time, UdpEndpoint Peer, double Value);

/// <summary>A window as it should be.</summary>
internal sealed record ReferenceWindow(long Start, long End, bool IsPartial, UdpEndpoint? Key, bool IsOverflow, List<double> Values, int Revision = 0);

/// <summary>Every window over a list of values, each from the values themselves.</summary>
internal sealed class ReferenceWindows(WindowPlan plan, List<TimedValue> items, long subscribed, long ended)
{
    private long Length => plan.Kind == WindowKind.Tumbling ? plan.Every.Ticks : plan.Length.Ticks;

    private long Every => plan.Every.Ticks;

    private long Origin => plan.AlignToSubscription ? subscribed : DateTimeOffset.UnixEpoch.UtcTicks;

    public List<ReferenceWindow> All() => plan.Kind switch
    {
        WindowKind.Count => CountWindows(),
        WindowKind.Session => Sessions(),
        WindowKind.PerKey => KeyedWindows(),
        _ => TimeWindows(),
    };

    private List<ReferenceWindow> TimeWindows()
    {
        List<ReferenceWindow> windows = [];
        var end = FirstEnd();
        for (; end <= ended; end += Every)
        {
            var values = In(end - Length, end);
            if (plan.EmitEmpty || values.Count > 0)
            {
                windows.Add(new ReferenceWindow(end - Length, end, end - Length < subscribed, null, false, values));
            }
        }

        // The next window is told at the completion if it has values, and some of them were never told.
        var last = In(end - Length, end);
        if (last.Count > 0 && items.Exists(item => item.Time >= end - Every))
        {
            windows.Add(new ReferenceWindow(end - Length, end, true, null, false, last));
        }

        return windows;
    }

    private List<ReferenceWindow> CountWindows()
    {
        List<ReferenceWindow> windows = [];
        for (var count = plan.Step; count <= items.Count; count += plan.Step)
        {
            var last = items[Math.Max(0, count - plan.Size)..count];
            windows.Add(Of(last, last[^1].Time, last.Count < plan.Size));
        }

        if (items.Count % plan.Step != 0)
        {
            // What is left, with as many of those before it as whole panes of a window leave room for.
            var pane = (int)System.Numerics.BigInteger.GreatestCommonDivisor(plan.Size, plan.Step);
            var open = items.Count % pane == 0 ? pane : items.Count % pane;
            windows.Add(Of(items[Math.Max(0, items.Count - (open + plan.Size - pane))..], ended, isPartial: true));
        }

        return windows;
    }

    private List<ReferenceWindow> Sessions()
    {
        List<ReferenceWindow> windows = [];
        foreach (var item in items)
        {
            if (windows.Count == 0 || item.Time >= windows[^1].End)
            {
                windows.Add(Of([], item.Time, isPartial: false));
            }

            var session = windows[^1];
            session.Values.Add(item.Value);
            windows[^1] = session with { Start = session.Values.Count == 1 ? item.Time : session.Start, End = item.Time + plan.Length.Ticks };
        }

        if (windows.Count > 0 && windows[^1].End > ended)
        {
            windows[^1] = windows[^1] with { End = ended, IsPartial = true };
        }

        return windows;
    }

    private List<ReferenceWindow> KeyedWindows()
    {
        List<ReferenceWindow> windows = [];
        Dictionary<UdpEndpoint, List<TimedValue>> keys = [];
        List<TimedValue>? overflow = null;
        var end = FirstEnd();
        foreach (var item in items)
        {
            for (; end <= item.Time; end += Every)
            {
                Tell(end);
            }

            if (keys.TryGetValue(item.Peer, out var series))
            {
                series.Add(item);
            }
            else if (keys.Count < plan.MaximumKeys)
            {
                keys.Add(item.Peer, [item]);
            }
            else
            {
                (overflow ??= []).Add(item);
            }
        }

        for (; end <= ended; end += Every)
        {
            Tell(end);
        }

        foreach (var (key, series) in keys)
        {
            TellLast(key, series);
        }

        if (overflow is not null)
        {
            TellLast(null, overflow);
        }

        return windows;

        void Tell(long at)
        {
            foreach (var (key, series) in keys)
            {
                if (!TellOne(at, key, series))
                {
                    keys.Remove(key);
                }
            }

            if (overflow is not null && !TellOne(at, null, overflow))
            {
                overflow = null;
            }
        }

        // False if the key is given up: its window is empty and nothing came for the expiry.
        bool TellOne(long at, UdpEndpoint? key, List<TimedValue> series)
        {
            var values = In(series, at - Length, at);
            if (values.Count == 0 && at - series[^1].Time >= plan.IdleExpiry.Ticks)
            {
                return false;
            }

            if (values.Count > 0 || plan.EmitEmpty)
            {
                windows.Add(new ReferenceWindow(at - Length, at, at - Length < subscribed, key, key is null, values));
            }

            return true;
        }

        void TellLast(UdpEndpoint? key, List<TimedValue> series)
        {
            var values = In(series, end - Length, end);
            if (values.Count > 0 && series[^1].Time >= end - Every)
            {
                windows.Add(new ReferenceWindow(end - Length, end, true, key, key is null, values));
            }
        }
    }

    private static ReferenceWindow Of(List<TimedValue> items, long end, bool isPartial) =>
        new(items.Count == 0 ? 0 : items[0].Time, end, isPartial, null, false, items.ConvertAll(item => item.Value));

    private static List<double> In(List<TimedValue> items, long start, long end) =>
        [.. items.Where(item => item.Time >= start && item.Time < end).Select(item => item.Value)];

    private List<double> In(long start, long end) => In(items, start, end);

    /// <summary>The first whole multiple of the interval after the subscription.</summary>
    private long FirstEnd()
    {
        var end = Origin + ((subscribed - Origin) / Every * Every);
        while (end <= subscribed)
        {
            end += Every;
        }

        return end;
    }
}
