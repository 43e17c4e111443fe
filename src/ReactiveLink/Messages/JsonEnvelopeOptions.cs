using System.Globalization;

namespace ReactiveLink;

/// <summary>The limits of a <see cref="JsonEnvelopeCodec"/>. Immutable; checked, all together, when the codec is made.</summary>
public sealed record JsonEnvelopeOptions
{
    /// <summary>
    /// How many objects and arrays may lie in one another, the envelope itself included: 2 to 1000, 64 unless set. A deeper payload is refused
    /// where the limit is passed.
    /// </summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>The largest payload in bytes that is read: 2 to 1 GiB, 1 MiB unless set. A larger one is refused unread.</summary>
    public int MaxPayloadSize { get; init; } = 1 << 20;

    internal void Validate(string parameter)
    {
        List<string> errors = [];
        if (MaxDepth is < 2 or > 1000)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"MaxDepth is {MaxDepth}; set it from 2 to 1000."));
        }

        if (MaxPayloadSize is < 2 or > 1 << 30)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"MaxPayloadSize is {MaxPayloadSize}; set it from 2 to {1 << 30} bytes."));
        }

        if (errors.Count != 0)
        {
            throw new ArgumentException("The JSON envelope's options are not valid. " + string.Join(' ', errors), parameter);
        }
    }
}
