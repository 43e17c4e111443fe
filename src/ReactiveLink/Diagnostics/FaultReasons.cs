using System.Collections.Immutable;

namespace ReactiveLink;

/// <summary>The names of the <see cref="FaultReason"/> set.</summary>
public static class FaultReasons
{
    private static readonly ImmutableArray<string> Names =
    [
        "crc-mismatch", "too-short", "truncated", "decompress-failed", "decompress-too-large", "decode-failed", "oversize", "queue-full",
        "handler-failed", "handler-timeout", "peer-limit", "kernel-drop", "socket-error", "subscriber-failed", "too-late", "duplicate",
        "parse-failed", "not-member", "source-failed", "capture-failed", "draining",
    ];

    /// <summary>Every reason, in the order of its declaration.</summary>
    public static ImmutableArray<FaultReason> All { get; } = [.. Enum.GetValues<FaultReason>()];

    /// <summary>The name of a reason in output, logs and docs, for example <c>crc-mismatch</c>. Allocates nothing.</summary>
    /// <param name="reason">A member of the set.</param>
    /// <returns>Lower-case words joined by hyphens.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="reason"/> is not a member of the set.</exception>
    public static string ToName(this FaultReason reason) =>
        (uint)reason < (uint)Names.Length
            ? Names[(int)reason]
            : throw new ArgumentOutOfRangeException(nameof(reason), reason, "Use a member of FaultReason.");
}
