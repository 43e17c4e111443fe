using System.Diagnostics.CodeAnalysis;
using ReactiveLink.Messages;

namespace ReactiveLink;

/// <summary>
/// The type of a message: a word on the wire, compared exactly. Unknown words are kept and can be routed on. The default value is
/// <see cref="Data"/>.
/// </summary>
public readonly struct MessageType : IEquatable<MessageType>
{
    /// <summary>Makes a type of one's own.</summary>
    /// <param name="name">The word on the wire; not empty.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    public MessageType(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Word = name;
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
    public string Name => Word ?? "data";

    private string? Word { get; init; }

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

    /// <summary>The type of a word on the wire, in well-formed UTF-8: the known ones without allocation, the others kept as they are.</summary>
    internal static MessageType FromWire(ReadOnlySpan<byte> word)
    {
        var known = word.Length switch
        {
            4 when word.SequenceEqual("data"u8) => Data,
            5 when word.SequenceEqual("error"u8) => Error,
            6 when word.SequenceEqual("status"u8) => Status,
            7 when word.SequenceEqual("command"u8) => Command,
            7 when word.SequenceEqual("control"u8) => Control,
            9 when word.SequenceEqual("heartbeat"u8) => Heartbeat,
            13 when word.SequenceEqual("configuration"u8) => Configuration,
            14 when word.SequenceEqual("acknowledgment"u8) => Acknowledgment,
            _ => default,
        };
        return known.Word is null ? FromWire(WireStrings.Get(word)) : known;
    }

    /// <summary>The type of a word on the wire; unlike a word that a user makes up it may be empty.</summary>
    internal static MessageType FromWire(string word) => new() { Word = word };

    /// <inheritdoc/>
    public bool Equals(MessageType other) => string.Equals(Name, other.Name, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is MessageType other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(Name, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
