namespace Syslog;

/// <summary>RFC 5424, table 2.</summary>
internal enum Severity
{
    Emergency,
    Alert,
    Critical,
    Error,
    Warning,
    Notice,
    Informational,
    Debug,
}
