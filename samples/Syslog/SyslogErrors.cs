namespace Syslog;

/// <summary>Why a datagram is no message: the detail of its fault. A closed set.</summary>
internal static class SyslogErrors
{
    public const string BadPriority = "bad-priority";
    public const string BadVersion = "bad-version";
    public const string BadTimestamp = "bad-timestamp";
    public const string BadHost = "bad-host";
    public const string BadApplication = "bad-application";
    public const string BadProcessId = "bad-process-id";
    public const string BadMessageId = "bad-message-id";
    public const string BadStructuredData = "bad-structured-data";
    public const string TooMuchStructuredData = "too-much-structured-data";
    public const string BadText = "bad-text";
}
