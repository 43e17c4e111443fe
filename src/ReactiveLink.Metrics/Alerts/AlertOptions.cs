namespace ReactiveLink.Metrics;

/// <summary>What the alert operators have in common.</summary>
public sealed record AlertOptions
{
    /// <summary>The defaults.</summary>
    public static AlertOptions Default { get; } = new();

    /// <summary>The rule's name in its transitions. Default null: the condition's (<c>Above</c>), or the operator's where there is none (<c>AlertWhen</c>).</summary>
    public string? Rule { get; init; }

    /// <summary>The key in the transitions of an operator that has no keys of its own, as for one alert per group of a <c>GroupBy</c>. Default null.</summary>
    public object? Key { get; init; }

    /// <summary>
    /// After how long a silence the alert is in <see cref="AlertState.NoData"/>, counted from the last item, or from the subscription while none came.
    /// Greater than zero. Default null: a silence changes nothing. <c>WhenAbsent</c> and <c>WhenStale</c> have a timeout of their own and do not use it.
    /// </summary>
    public TimeSpan? NoDataAfter { get; init; }

    /// <summary>
    /// How many keys a keyed operator tracks, at least 1. Default 1000. An item of a further key is refused
    /// (<see cref="AlertRefusalReason.TooManyKeys"/>) until a tracked key is forgotten, so forged keys cannot drive out real ones.
    /// </summary>
    public int MaximumKeys { get; init; } = 1000;

    /// <summary>
    /// After how long a silence a keyed operator gives up the state of a key, greater than zero. Default 10 minutes. If the key's alert was pending,
    /// firing or without data then, its last transition is to <see cref="AlertState.Inactive"/>, with <see cref="AlertReason.Forgotten"/>.
    /// </summary>
    public TimeSpan KeyIdleExpiry { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many items may wait while the observer is at work on another thread, at least 1. Default 4096. Further ones are refused
    /// (<see cref="AlertRefusalReason.QueueFull"/>).
    /// </summary>
    public int MaximumQueued { get; init; } = 4096;

    /// <summary>
    /// Hears of every item that was not judged, with a running total. Never completed; called under no lock. If it throws it is not told again, and the alert goes on.
    /// Default null: nobody.
    /// </summary>
    public IObserver<AlertRefusal>? Refusals { get; init; }

    /// <summary>The options, or the defaults for null. Throws if something is out of range, telling of all at once.</summary>
    internal static AlertOptions Checked(AlertOptions? options)
    {
        options ??= Default;
        List<string> errors = [];
        if (options.Rule is { Length: 0 })
        {
            errors.Add($"{nameof(Rule)} is empty: give it a name, or null for the default.");
        }

        if (options.NoDataAfter is { } noData && noData <= TimeSpan.Zero)
        {
            errors.Add($"{nameof(NoDataAfter)} is {noData}: it must be greater than zero, or null for never.");
        }

        if (options.MaximumKeys < 1)
        {
            errors.Add($"{nameof(MaximumKeys)} is {options.MaximumKeys}: at least 1 key must be tracked.");
        }

        if (options.KeyIdleExpiry <= TimeSpan.Zero)
        {
            errors.Add($"{nameof(KeyIdleExpiry)} is {options.KeyIdleExpiry}: it must be greater than zero.");
        }

        if (options.MaximumQueued < 1)
        {
            errors.Add($"{nameof(MaximumQueued)} is {options.MaximumQueued}: at least 1 item must be able to wait.");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException("The alert options are not valid. " + string.Join(' ', errors), nameof(options));
        }

        return options;
    }
}
