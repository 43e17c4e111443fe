using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ReactiveLink.Metrics;

namespace StatsdGateway;

/// <summary>One line, checked: parts of the datagram's own memory, nothing copied.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Name">The metric's name. Empty for an event.</param>
/// <param name="Values">Numbers joined by colons; the member of a set; an event's alert type; a service check's status.</param>
/// <param name="SampleRate">Which share of all was sent: above 0, at most 1.</param>
/// <param name="Tags"><c>key:value</c> joined by commas, or empty.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StatsdLine(LineKind Kind, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Values, double SampleRate, ReadOnlyMemory<byte> Tags)
{
    /// <summary>A number within the limit in the invariant form, without white space; nor zeros behind it, which the platform passes over.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && Math.Abs(number) <= Limits.Value
        && text[^1] != '\0';

    /// <summary>The numbers of the line, in order, and whether each has a sign.</summary>
    public IEnumerable<(double Value, bool IsSigned)> Numbers()
    {
        for (var rest = Values; ;)
        {
            var colon = rest.Span.IndexOf((byte)':');
            var text = colon < 0 ? rest : rest[..colon];
            TryNumber(text.Span, out var number);
            yield return (number, text.Span[0] is (byte)'+' or (byte)'-');
            if (colon < 0)
            {
                yield break;
            }

            rest = rest[(colon + 1)..];
        }
    }

    /// <summary>The tags as a set, their keys as labels: one without a value has the value <c>true</c>, and of several with one label the last counts.</summary>
    public MetricTags ReadTags()
    {
        if (Tags.IsEmpty)
        {
            return MetricTags.None;
        }

        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var range in Tags.Span.Split((byte)','))
        {
            var tag = Tags.Span[range];
            var colon = tag.IndexOf((byte)':');
            var key = colon < 0 ? tag : tag[..colon];
            if (!key.IsEmpty)
            {
                tags[Names.InExposition(Encoding.UTF8.GetString(key))] = colon < 0 ? "true" : Encoding.UTF8.GetString(tag[(colon + 1)..]);
            }
        }

        return MetricTags.Of(tags);
    }
}
