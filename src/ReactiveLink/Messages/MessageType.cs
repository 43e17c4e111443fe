using System.Diagnostics.CodeAnalysis;

namespace ReactiveLink;

/// <summary>
/// The type of a message: a word on the wire, compared exactly. Unknown words are kept and can be routed on. The default value is
/// <see cref="Data"/>.
/// </summary>
public readonly struct MessageType : IEquatable<MessageType>
{
    private readonly string? _name;

    /// <summary>Makes a type of one's own.</summary>
    /// <param name="name">The word on the wire; not empty.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    public MessageType(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _name = name;
    }

    /// <summary><c>command</c>.</summary>
    public static MessageType Command { get; } = new("command");

    /// <summary><c>data</c>.</summary>
    public static MessageType Data { get; } = new("data");

    /// <summary><c>status</c>.</summary>
    public static MessageType Status { get; } = new("status");

    /// <summary><c>error</c>.</summary>
    public static MessageType Error { get; } = new("error");

    /// <summary><c>heartbeat</c>.</summary>
    public static MessageType Heartbeat { get; } = new("heartbeat");

    /// <summary><c>acknowledgment</c>.</summary>
    public static MessageType Acknowledgment { get; } = new("acknowledgment");

    /// <summary><c>configuration</c>.</summary>
    public static MessageType Configuration { get; } = new("configuration");

    /// <summary><c>control</c>.</summary>
    public static MessageType Control { get; } = new("control");

    /// <summary>The word on the wire.</summary>
    public string Name => _name ?? "data";

    /// <summary>Compares the words exactly.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are the same.</returns>
    public static bool operator ==(MessageType left, MessageType right) => left.Equals(right);

    /// <summary>Compares the words exactly.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(MessageType left, MessageType right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(MessageType other) => string.Equals(Name, other.Name, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is MessageType other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(Name, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
