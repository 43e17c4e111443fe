using System.Text;

namespace ReactiveLink.Tool.Listening;

/// <summary>The beginning of a message's data, copied: a row of the table keeps neither a message nor the datagram it came in.</summary>
internal sealed class DataPreview
{
    /// <summary>More than a line shows, of which some may be white space or four bytes a character.</summary>
    public const int MaximumBytes = 256;

    private readonly byte[] _start;
    private readonly bool _isBinary;
    private readonly bool _isCut;

    public DataPreview(Message message)
    {
        _isBinary = message.DataFormat == DataFormat.Binary;
        _isCut = message.Data.Length > MaximumBytes;
        _start = message.Data.Span[..Math.Min(message.Data.Length, MaximumBytes)].ToArray();
    }

    /// <summary>For one line of the terminal: text, or hexadecimal digits of what is none.</summary>
    public string ToText(int maximumLength)
    {
        var text = _isBinary ? Convert.ToHexStringLower(_start) : Encoding.UTF8.GetString(_start);
        return OneLine.From(_isCut ? text + "…" : text, maximumLength);
    }
}
