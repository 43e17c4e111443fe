using System.Collections.Immutable;

namespace Syslog;

/// <summary>A message of either RFC. What it does not say is null.</summary>
internal sealed record SyslogMessage
{
    public required SyslogFormat Format { get; init; }

    public required Facility Facility { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>When it was written. Of RFC 3164, which names neither year nor zone: in the receiver's zone given to the parser, in the year nearest to the arrival.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    public string? Host { get; init; }

    /// <summary>RFC 5424's APP-NAME, RFC 3164's TAG.</summary>
    public string? Application { get; init; }

    public string? ProcessId { get; init; }

    public string? MessageId { get; init; }

    public ImmutableArray<StructuredElement> StructuredData { get; init; } = [];

    /// <summary>The text, without the byte order mark; bytes that are no UTF-8 are replaced.</summary>
    public string Text { get; init; } = "";
}
