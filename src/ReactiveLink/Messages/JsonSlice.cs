using System.Text.Json;

namespace ReactiveLink.Messages;

/// <summary>Where a JSON string lies in a payload, without its quotes; the default is a string that is absent. Known to be well-formed.</summary>
internal readonly struct JsonSlice
{
    private readonly int _offset;

    // Length times two plus one where the string has escapes; minus one where it is absent, stored complemented so that default is absent.
    private readonly int _code;

    public JsonSlice(int offset, int length, bool escaped)
    {
        _offset = offset;
        _code = ~((length << 1) | (escaped ? 1 : 0));
    }

    public bool IsPresent => _code != 0;

    /// <summary>Decodes the string. Cannot fail: escapes and UTF-8 were checked when the envelope was read.</summary>
    public string? Decode(ReadOnlySpan<byte> payload, bool intern)
    {
        if (!IsPresent)
        {
            return null;
        }

        var code = ~_code;
        var length = code >> 1;
        if ((code & 1) != 0)
        {
            var reader = new Utf8JsonReader(payload.Slice(_offset - 1, length + 2));
            reader.Read();
            return reader.GetString();
        }

        var utf8 = payload.Slice(_offset, length);
        return intern ? WireStrings.Get(utf8) : System.Text.Encoding.UTF8.GetString(utf8);
    }
}
