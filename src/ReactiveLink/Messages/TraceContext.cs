using System.Diagnostics;

namespace ReactiveLink.Messages;

/// <summary>The bounds of a trace context (W3C Trace Context, level 1) in an envelope.</summary>
internal static class TraceContext
{
    /// <summary>Version, trace, span and flags; later versions may be longer, and are read as far as this one goes.</summary>
    public const int MaximumParentLength = 128;

    /// <summary>What the standard asks everyone to pass on.</summary>
    public const int MaximumStateLength = 512;

    /// <summary>Reads a context.</summary>
    /// <returns>False where there is none, or it is malformed.</returns>
    public static bool TryParse(string? parent, string? state, out ActivityContext context)
    {
        context = default;
        return parent is not null && ActivityContext.TryParse(parent, state, isRemote: true, out context);
    }

    /// <exception cref="ArgumentException">It cannot be written: nobody could read it.</exception>
    public static void Require(string? parent, string? state)
    {
        if (parent is not null && (parent.Length > MaximumParentLength || !TryParse(parent, state: null, out _)))
        {
            throw new ArgumentException("The TraceParent is not a traceparent of W3C Trace Context: leave it null, or take an Activity's Id.", nameof(parent));
        }

        if (state?.Length > MaximumStateLength)
        {
            throw new ArgumentException("The TraceState is longer than 512 characters: leave it null.", nameof(state));
        }

        if (parent is null && state is not null)
        {
            throw new ArgumentException("There is a TraceState without a TraceParent: set both, or neither.", nameof(state));
        }
    }
}
