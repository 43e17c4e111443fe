using System.Collections;

namespace ReactiveLink.Metrics;

/// <summary>
/// The tags of a metric: immutable, in ordinal order of their keys, each key once. Two sets with the same tags are equal whatever order they were given in.
/// At most <see cref="MaximumCount"/> tags; keys of 1 to <see cref="MaximumKeyLength"/> characters, values of at most <see cref="MaximumValueLength"/>.
/// </summary>
public sealed class MetricTags : IReadOnlyList<KeyValuePair<string, string>>, IEquatable<MetricTags>
{
    /// <summary>The most tags in a set.</summary>
    public const int MaximumCount = 16;

    /// <summary>The longest key, in characters.</summary>
    public const int MaximumKeyLength = 128;

    /// <summary>The longest value, in characters.</summary>
    public const int MaximumValueLength = 256;

    private readonly KeyValuePair<string, string>[] _tags;
    private readonly int _hash;

    private MetricTags(KeyValuePair<string, string>[] tags)
    {
        _tags = tags;
        var hash = default(HashCode);
        foreach (var (key, value) in tags)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>No tags.</summary>
    public static MetricTags None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _tags.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, string> this[int index] => _tags[index];

    /// <summary>Makes a set.</summary>
    /// <param name="tags">Keys and values, in any order.</param>
    /// <returns>The set.</returns>
    /// <exception cref="ArgumentException">A key is empty or given twice, something is too long, or there are too many.</exception>
    public static MetricTags Of(params ReadOnlySpan<(string Key, string Value)> tags)
    {
        var pairs = new KeyValuePair<string, string>[tags.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = new(tags[i].Key, tags[i].Value);
        }

        return From(pairs);
    }

    /// <summary>Makes a set.</summary>
    /// <param name="tags">Keys and values, in any order.</param>
    /// <returns>The set.</returns>
    /// <exception cref="ArgumentException">A key is empty or given twice, something is too long, or there are too many.</exception>
    public static MetricTags Of(IEnumerable<KeyValuePair<string, string>> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);

        // One more than fits is enough to say that they do not: an endless sequence is not read to its end.
        return From([.. tags.Take(MaximumCount + 1)]);
    }

    /// <summary>The value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Whether the set has the key.</returns>
    public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
    {
        foreach (var tag in _tags)
        {
            if (string.Equals(tag.Key, key, StringComparison.Ordinal))
            {
                value = tag.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(MetricTags? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _tags.AsSpan().SequenceEqual(other._tags));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MetricTags);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>The tags as <c>{key=value, …}</c>.</summary>
    /// <returns>The text; empty for no tags.</returns>
    public override string ToString() => _tags.Length == 0 ? "" : "{" + string.Join(", ", _tags.Select(tag => tag.Key + "=" + tag.Value)) + "}";

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)_tags).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static MetricTags From(KeyValuePair<string, string>[] tags)
    {
        if (tags.Length == 0)
        {
            return None;
        }

        if (tags.Length > MaximumCount)
        {
            throw new ArgumentException($"At most {MaximumCount} tags fit on a metric.", nameof(tags));
        }

        foreach (var (key, value) in tags)
        {
            if (string.IsNullOrEmpty(key) || key.Length > MaximumKeyLength)
            {
                throw new ArgumentException($"A tag's key has 1 to {MaximumKeyLength} characters.", nameof(tags));
            }

            if (value is null || value.Length > MaximumValueLength)
            {
                throw new ArgumentException($"The value of tag '{key}' must have at most {MaximumValueLength} characters.", nameof(tags));
            }
        }

        Array.Sort(tags, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        for (var i = 1; i < tags.Length; i++)
        {
            if (string.Equals(tags[i].Key, tags[i - 1].Key, StringComparison.Ordinal))
            {
                throw new ArgumentException($"Tag '{tags[i].Key}' is given twice.", nameof(tags));
            }
        }

        return new MetricTags(tags);
    }
}
