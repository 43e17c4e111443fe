using System.Diagnostics;

namespace ReactiveLink.Messages;

/// <summary>What a trace context (W3C Trace Context, level 1) in an envelope may be.</summary>
internal static class TraceContext
{
    /// <summary>The most bytes that a <c>traceparent</c> takes in JSON: each of its 55 characters may be escaped.</summary>
    public const int MaximumParentBytes = 6 * ParentLength;

    /// <summary>The most bytes that a <c>tracestate</c> takes in JSON.</summary>
    public const int MaximumStateBytes = 6 * MaximumStateLength;

    private const int ParentLength = 55;

    /// <summary>What the standard asks everyone to pass on.</summary>
    private const int MaximumStateLength = 512;

    /// <summary>Reads a context.</summary>
    /// <returns>False where there is none, or it is malformed.</returns>
    public static bool TryParse(string? parent, string? state, out ActivityContext context)
    {
        context = default;

        // .NET looks at the ids, and hardly at what is between them.
        return parent is [_, _, '-', ..] && parent.Length == ParentLength && parent[35] == '-' && parent[52] == '-'
            && !parent.StartsWith("ff", StringComparison.Ordinal)
            && !parent.AsSpan().ContainsAnyExcept("-0123456789abcdef")
            && ActivityContext.TryParse(parent, state, isRemote: true, out context);
    }

    /// <summary>Whether a text may be a state: printable ASCII, not too long, and not empty. What its members mean is their vendors' business.</summary>
    public static bool IsState(string? state) =>
        state is { Length: > 0 and <= MaximumStateLength } && !state.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <exception cref="ArgumentException">It cannot be written: nobody would read it.</exception>
    public static void Require(string? parent, string? state)
    {
        if (parent is not null && !TryParse(parent, state: null, out _))
        {
            throw new ArgumentException("The TraceParent is not a traceparent of W3C Trace Context: leave it null, or take an Activity's Id.", nameof(parent));
        }

        if (state is not null && !IsState(state))
        {
            throw new ArgumentException("The TraceState is not 1 to 512 printable ASCII characters: leave it null.", nameof(state));
        }

        if (parent is null && state is not null)
        {
            throw new ArgumentException("There is a TraceState without a TraceParent: set both, or neither.", nameof(state));
        }
    }
}
