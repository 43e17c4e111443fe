using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Syslog;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// Datagrams for the syslog parser. What it takes as RFC 5424 has the form of its grammar; what has the form and is refused is refused for what a grammar cannot say.
/// A message is written and read again. Of RFC 3164 nothing is refused, and the text is the end of the datagram.
/// </summary>
internal sealed partial class SyslogTarget : FuzzTarget
{
    private static readonly UdpEndpoint Peer = new(IPAddress.Loopback, 514);
    private static readonly DateTimeOffset Arrival = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly byte[][] Seeds = HostileText.Tokens(
        "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - 'su root' failed", "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time",
        "<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [exampleSDID@32473 iut=\"3\" eventID=\"1011\"][p@32473 class=\"high\"] text", "<0>1 - - - - - [a x=\"\\\"\\\\\\]\"]", "<191>1 - - - - - -",
        "<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!", "<165>Aug 24 05:34:00 CST 1987 mymachine myproc[10]: %% It's time",
        "<13>*Feb 29 2024 22:14:15.5: h t: m", "<13>2003-10-11T22:14:15.25+02:00 h t[1]: m");

    private static readonly byte[][] Tokens = HostileText.Tokens(
        "<", ">", "<0>", "<191>", "<192>", "1 ", "2 ", "-", " ", "  ", "[", "]", "\"", "\\", "\\\"", "\\]", "=\"\"", "[a]", "[a x=\"1\"]", " x=\"\"", "@", ":", "Z", "T", "+23:59", "-00:00", ".", "000000", "24:00:00",
        "00", "31", "9999", "0000", "Feb 29", "Jan", "UTC 2020 ", "h ", "t[1]: ", "é");

    private readonly Mutator _mutator = new([.. Tokens, [0xEF, 0xBB, 0xBF], [0xFF], [0xC3]], maximumLength: 8192);

    public override string Name => "syslog";

    public override byte[] Generate(SeededRandom random) => _mutator.Mutate(Seeds[random.NextInt32(Seeds.Length)], random, Seeds[random.NextInt32(Seeds.Length)]);

    public override bool Check(byte[] input)
    {
        var hasForm = Form().IsMatch(Encoding.Latin1.GetString(input));
        if (!SyslogParser.TryParse(Of(input), out var message, out var error))
        {
            Require(error is { Length: > 0 });
            Require(!hasForm || error is SyslogErrors.BadPriority or SyslogErrors.BadTimestamp or SyslogErrors.BadStructuredData or SyslogErrors.TooMuchStructuredData or SyslogErrors.BadText, $"{error} is said of what has the form");
            return false;
        }

        Require(error is null && Enum.IsDefined(message.Facility) && Enum.IsDefined(message.Severity));
        if (message.Format == SyslogFormat.Rfc5424)
        {
            Require(hasForm);
            Require(SyslogParser.TryParse(Of(Write(message)), out var again, out _));
            Equal(Said(message), Said(again));
        }
        else
        {
            Require(Encoding.UTF8.GetString(input).EndsWith(message.Text, StringComparison.Ordinal));
            Require(message.Host is not "" && message.Application is not "" && message.ProcessId is not "");
        }

        return true;
    }

    private static Datagram Of(byte[] payload) => new(payload, Peer, Arrival, TimeSpan.Zero);

    private static byte[] Write(SyslogMessage message)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"<{((int)message.Facility * 8) + (int)message.Severity}>1 ");
        text.Append(message.Timestamp?.ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture) ?? "-");
        text.Append(CultureInfo.InvariantCulture, $" {message.Host ?? "-"} {message.Application ?? "-"} {message.ProcessId ?? "-"} {message.MessageId ?? "-"} ");
        text.Append(message.StructuredData.IsEmpty ? "-" : "");
        foreach (var element in message.StructuredData)
        {
            text.Append('[').Append(element.Id);
            foreach (var (name, value) in element.Parameters)
            {
                text.Append(CultureInfo.InvariantCulture, $" {name}=\"{Special().Replace(value, "\\$0")}\"");
            }

            text.Append(']');
        }

        return Encoding.UTF8.GetBytes(text.Append(" \uFEFF").Append(message.Text).ToString());
    }

    private static string Said(SyslogMessage message) =>
        (message with { StructuredData = [] }) + string.Concat(message.StructuredData.Select(element => $"[{element.Id} {string.Join(' ', element.Parameters)}]"));

    [GeneratedRegex("""
        \A<(0|[1-9][0-9]{0,2})>1[ ](-|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2}))[ ]([!-~]{1,255})[ ]([!-~]{1,48})[ ]([!-~]{1,128})[ ]([!-~]{1,32})[ ]
        (-|(\[[!-~-[="\]]]{1,32}([ ][!-~-[="\]]]{1,32}="([^"\\\]]|\\.)*")*\])+)([ ].*)?\z
        """, RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace, 1000)]
    private static partial Regex Form();

    [GeneratedRegex("""["\\\]]""", RegexOptions.None, 1000)]
    private static partial Regex Special();
}
