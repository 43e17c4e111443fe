namespace Syslog;

/// <summary>RFC 5424, table 1.</summary>
internal enum Facility
{
    Kernel,
    User,
    Mail,
    Daemon,
    Authorization,
    Syslog,
    Printer,
    News,
    Uucp,
    Clock,
    PrivateAuthorization,
    Ftp,
    Ntp,
    Audit,
    LogAlert,
    Scheduling,
    Local0,
    Local1,
    Local2,
    Local3,
    Local4,
    Local5,
    Local6,
    Local7,
}
