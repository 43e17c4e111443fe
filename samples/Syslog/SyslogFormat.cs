namespace Syslog;

/// <summary>Which RFC a message follows.</summary>
internal enum SyslogFormat
{
    /// <summary>RFC 3164: what was found in the field.</summary>
    Rfc3164,

    /// <summary>RFC 5424: the standard.</summary>
    Rfc5424,
}
