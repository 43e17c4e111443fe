using ReactiveLink.Sequencing;

namespace ReactiveLink;

/// <summary>
/// Tells in order, gap, duplicate, late and restart apart for the numbers of one sender, by the rules of RFC 3550 appendix A.1. For use outside of
/// streams, on one thread at a time; <c>TrackSequence</c> keeps one such state per peer.
/// <list type="table">
/// <listheader><term>number</term><description>verdict; state</description></listheader>
/// <item><term>the first</term><description>in order; a tentative run begins</description></item>
/// <item><term>1 ahead of the highest</term><description>in order</description></item>
/// <item><term>2 to <see cref="SequenceOptions.MaximumDropout"/> - 1 ahead</term><description>gap; those between count as lost</description></item>
/// <item><term>the highest again, or up to <see cref="SequenceOptions.MaximumMisorder"/> behind and received before</term><description>duplicate</description></item>
/// <item><term>up to <see cref="SequenceOptions.MaximumMisorder"/> behind and not received before</term><description>late; its loss is given back, unless it lies
/// before the first of the run</description></item>
/// <item><term>any other, while fewer than <see cref="SequenceOptions.Probation"/> consecutive numbers were seen</term><description>in order; a new tentative run
/// begins</description></item>
/// <item><term>any other, one after the previous such number with none in order between</term><description>restart: a new run, which began with that previous
/// number; what the old run lost stays counted</description></item>
/// <item><term>any other</term><description>late: a stray; the expectation does not move</description></item>
/// </list>
/// </summary>
/// <remarks>
/// A sender that begins anew within the window, up to <see cref="SequenceOptions.MaximumMisorder"/> behind, cannot be told from reordering: its numbers are duplicates
/// or late until they pass the highest.
/// </remarks>
public sealed class SequenceTracker
{
    private SequenceState _state;
    private SequenceCounters _counters;

    /// <summary>Makes a tracker that has seen nothing.</summary>
    /// <param name="space">The number space.</param>
    /// <param name="options">What is believed, or null for the defaults; the peers' options do not apply.</param>
    /// <exception cref="ArgumentNullException"><paramref name="space"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public SequenceTracker(SequenceSpace space, SequenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        options ??= SequenceOptions.Default;
        options.Validate(nameof(options));
        _state = new SequenceState(new SequenceRules(space, options));
    }

    /// <summary>The number space.</summary>
    public SequenceSpace Space => _state.Rules.Space;

    /// <summary>The highest number of the run, or null before the first.</summary>
    public ulong? HighestSequence => _state.IsStarted ? _state.Highest : null;

    /// <summary>The number that would be in order, or null before the first.</summary>
    public ulong? ExpectedSequence => _state.IsStarted ? Space.Next(_state.Highest) : null;

    /// <summary>The counts so far.</summary>
    public SequenceStatistics Statistics => _counters.ToStatistics();

    /// <summary>Takes the next number.</summary>
    /// <param name="sequence">The number; bits outside the space are ignored.</param>
    /// <returns>What it is.</returns>
    public Verdict Observe(ulong sequence)
    {
        var verdict = _state.Observe(sequence, out var lostChange);
        _counters.Add(verdict.Kind, lostChange);
        return verdict;
    }
}
