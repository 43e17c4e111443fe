namespace ReactiveLink.Simulation.Reference;

/// <summary>The interarrival jitter of RFC 3550, section 6.4.1: J = J + (|D(i-1, i)| - J) / 16. A difference of more than a minute does not count.</summary>
internal sealed class ReferenceJitter
{
    private (double Arrival, double Sent)? _last;

    public double Ticks { get; private set; }

    /// <summary>Takes the times of an item that was believed.</summary>
    /// <param name="arrival">When it came, in ticks.</param>
    /// <param name="sent">When it was sent, in ticks of the sender's clock.</param>
    /// <param name="beginsRun">Whether a run of numbers begins with it: then it is compared with none before.</param>
    public void Observe(double arrival, double sent, bool beginsRun)
    {
        if (_last is { } last && !beginsRun)
        {
            var difference = Math.Abs((arrival - last.Arrival) - (Math.Floor(sent) - Math.Floor(last.Sent)));
            if (difference <= TimeSpan.TicksPerMinute)
            {
                Ticks += (difference - Ticks) / 16;
            }
        }

        _last = (arrival, sent);
    }
}
