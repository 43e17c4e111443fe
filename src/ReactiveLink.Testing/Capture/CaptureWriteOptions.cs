using System.Text;

namespace ReactiveLink.Testing;

/// <summary>How a capture is written.</summary>
public sealed record CaptureWriteOptions
{
    /// <summary>The largest snap length, and the default: no UDP datagram is cut.</summary>
    public const int LongestSnapLength = 262_144;

    /// <summary>The name in the section header, at most 1000 bytes of UTF-8. Default <c>ReactiveLink</c>.</summary>
    public string Application { get; init; } = "ReactiveLink";

    /// <summary>How many bytes of a packet are kept, IP and UDP headers included, 48 to 262144; the original length is kept as well. Default 262144.</summary>
    public int SnapLength { get; init; } = LongestSnapLength;

    internal void Validate(string name)
    {
        var errors = new List<string>();
        if (Application is null || Encoding.UTF8.GetByteCount(Application) > 1000)
        {
            errors.Add("Application is null or longer than 1000 bytes of UTF-8: give a short name.");
        }

        if (SnapLength is < 48 or > LongestSnapLength)
        {
            errors.Add(FormattableString.Invariant($"SnapLength is {SnapLength}: give 48 (the headers) to {LongestSnapLength}."));
        }

        if (errors.Count != 0)
        {
            throw new ArgumentException(string.Join(' ', errors), name);
        }
    }
}
