using System.Reactive.Concurrency;
using System.Text;
using ReactiveLink;
using ReactiveLink.Metrics;

namespace StatsdGateway;

/// <summary>
/// The series of all clients, within their bounds. Called by the receiving thread and by timers: they take turns, and nobody else is called meanwhile.
/// </summary>
internal sealed class SeriesTable(MetricRegistry registry, Figures figures, GatewayOptions options, IScheduler scheduler)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, MetricTags Tags), Series> _series = [];
    private readonly Dictionary<string, (LineKind Kind, int Series)> _names = new(StringComparer.Ordinal);
    private int _members;

    /// <summary>Takes a line.</summary>
    /// <returns>The series it belongs to, or null where it belongs to none.</returns>
    public Series? Take(in StatsdLine line)
    {
        if (line.Kind is LineKind.Event or LineKind.ServiceCheck)
        {
            figures.Count(in line);
            return null;
        }

        var now = scheduler.Now;
        Series? series;
        string? error;
        lock (_gate)
        {
            series = Find(in line, out error);
            if (series is not null)
            {
                series.LastSeen = now;
                error = Apply(series, in line, now) ? null : LineErrors.BadValue;
            }
        }

        if (error is not null)
        {
            figures.OnNext(new Fault(FaultReason.ParseFailed, now, Detail: error));
            return null;
        }

        if (series is not null)
        {
            figures.Count(in line);
        }

        return series;
    }

    /// <summary>Shows a window's percentiles.</summary>
    public void Show(KeyedWindow<Series> window)
    {
        lock (_gate)
        {
            // The series may have been forgotten, and another one have come in its place.
            if (window.Key is { } series && _series.TryGetValue((series.Name, series.Tags), out var known) && known == series)
            {
                series.Show(window.Window);
            }
        }
    }

    /// <summary>Lets go of members past the window and of series past their expiry.</summary>
    public void CleanUp()
    {
        lock (_gate)
        {
            var now = scheduler.Now;
            foreach (var (key, series) in _series)
            {
                if (series.Kind == LineKind.Set)
                {
                    _members -= series.Members;
                    series.ForgetMembers(now - options.Window);
                    _members += series.Members;
                }

                if (now - series.LastSeen >= options.Expiry)
                {
                    series.Forget();
                    _series.Remove(key);
                    _members -= series.Members;
                    var (kind, count) = _names[key.Name];
                    _ = count > 1 ? _names[key.Name] = (kind, count - 1) : Forgotten(key.Name);
                }
            }

            figures.Series.Set(_series.Count);
        }
    }

    private (LineKind Kind, int Series) Forgotten(string name)
    {
        _names.Remove(name, out var last);
        return last;
    }

    private Series? Find(in StatsdLine line, out string? error)
    {
        var name = Encoding.UTF8.GetString(line.Name.Span);
        var tags = line.ReadTags();
        error = null;
        if (_names.TryGetValue(name, out var known) && known.Kind != line.Kind)
        {
            error = LineErrors.KindConflict;
            return null;
        }

        if (_series.TryGetValue((name, tags), out var series))
        {
            return series;
        }

        if (known.Series >= options.MaximumSeriesPerName)
        {
            figures.BeyondName.Add();
            tags = Names.Overflow;
            if (_series.TryGetValue((name, tags), out series))
            {
                return series;
            }
        }

        if (_series.Count >= options.MaximumSeries)
        {
            figures.BeyondSeries.Add();
            return null;
        }

        series = new Series(registry, line.Kind, name, tags);
        _series.Add((name, tags), series);
        _names[name] = (line.Kind, known.Series + 1);
        figures.Series.Set(_series.Count);
        return series;
    }

    private bool Apply(Series series, in StatsdLine line, DateTimeOffset now)
    {
        if (line.Kind == LineKind.Set)
        {
            var before = series.Members;
            if (!series.AddMember(Encoding.UTF8.GetString(line.Values.Span), now, _members < options.MaximumMembers))
            {
                figures.BeyondMembers.Add();
            }

            _members += series.Members - before;
            return true;
        }

        var taken = true;
        var isChange = line.Kind == LineKind.Gauge && options.SignedGaugesAreChanges;
        foreach (var (number, isSigned) in line.Numbers())
        {
            taken &= line.Kind switch
            {
                LineKind.Counter => series.Count(number / line.SampleRate),
                LineKind.Gauge => isChange && isSigned ? series.Change(number) : series.Set(number),
                _ => series.Record(series.Scale(number), line.SampleRate),
            };
        }

        return taken;
    }
}
