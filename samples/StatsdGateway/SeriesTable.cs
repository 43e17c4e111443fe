using System.Reactive.Concurrency;
using System.Text;
using ReactiveLink;
using ReactiveLink.Metrics;

namespace StatsdGateway;

/// <summary>
/// The series of all clients, within their bounds. Called by the receiving thread and by timers: they take turns, and nobody else is called meanwhile.
/// </summary>
/// <param name="registry">Where their metrics are.</param>
/// <param name="figures">What the gateway says of itself.</param>
/// <param name="options">The bounds.</param>
/// <param name="scheduler">Whose clock says what has expired.</param>
/// <param name="complain">Is told which name cannot be there beside which other: of the first <see cref="Complaints"/> such names, each once.</param>
internal sealed class SeriesTable(MetricRegistry registry, Figures figures, GatewayOptions options, IScheduler scheduler, Action<string> complain)
{
    /// <summary>Names that are told of; further ones are only counted.</summary>
    public const int Complaints = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, MetricTags Tags), Series> _series = [];
    private readonly Dictionary<string, (LineKind Kind, int Series)> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _exposed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _complaints = new(StringComparer.Ordinal);
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
        string? error, complaint;
        lock (_gate)
        {
            series = Find(in line, out error, out complaint);
            if (series is not null)
            {
                series.LastSeen = now;
                error = Apply(series, in line, now) ? null : LineErrors.BadValue;
            }
        }

        if (complaint is not null)
        {
            complain(complaint);
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
        foreach (var exposed in Names.OfSeries(Names.InExposition(name), last.Kind))
        {
            _exposed.Remove(exposed);
        }

        return last;
    }

    private Series? Find(in StatsdLine line, out string? error, out string? complaint)
    {
        var name = Encoding.UTF8.GetString(line.Name.Span);
        var tags = line.ReadTags();
        (error, complaint) = (null, null);
        if (_names.TryGetValue(name, out var known) && known.Kind != line.Kind)
        {
            error = LineErrors.KindConflict;
            return null;
        }

        if (_series.TryGetValue((name, tags), out var series))
        {
            return series;
        }

        var isNew = known.Series == 0;
        if (isNew && NameError(name, line.Kind, out complaint) is { } nameError)
        {
            error = nameError;
            return null;
        }

        var isBeyondName = known.Series >= options.MaximumSeriesPerName;
        if (isBeyondName)
        {
            tags = Names.Overflow;
            if (_series.TryGetValue((name, tags), out series))
            {
                figures.BeyondName.Add();
                return series;
            }
        }

        if (_series.Count >= options.MaximumSeries)
        {
            figures.BeyondSeries.Add();
            return null;
        }

        if (isBeyondName)
        {
            figures.BeyondName.Add();
        }

        if (isNew)
        {
            foreach (var exposed in Names.OfSeries(Names.InExposition(name), line.Kind))
            {
                _exposed.Add(exposed, name);
            }
        }

        series = new Series(registry, line.Kind, name, tags);
        _series.Add((name, tags), series);
        _names[name] = (line.Kind, known.Series + 1);
        figures.Series.Set(_series.Count);
        return series;
    }

    /// <summary>Different names may become one in the exposition: who came first has it until it is forgotten.</summary>
    private string? NameError(string name, LineKind kind, out string? complaint)
    {
        complaint = null;
        var inExposition = Names.InExposition(name);
        if (inExposition.StartsWith(Names.InExposition(Names.Own), StringComparison.Ordinal))
        {
            return LineErrors.ReservedName;
        }

        foreach (var exposed in Names.OfSeries(inExposition, kind))
        {
            if (_exposed.TryGetValue(exposed, out var other))
            {
                complaint = _complaints.Count < Complaints && _complaints.Add(name)
                    ? $"'{name}' is left out: in the exposition it would be {exposed}, as '{other}' is."
                    : null;
                return LineErrors.NameConflict;
            }
        }

        return null;
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
