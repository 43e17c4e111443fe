using System.Globalization;
using System.Net;
using System.Text;
using Syslog;

namespace ReactiveLink.Samples.Tests.Logs;

public sealed class SyslogParserTests
{
    private const string Bom = "\uFEFF";
    private const string Example = """[exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"]""";

    private static readonly DateTimeOffset Arrival = new(2003, 10, 12, 0, 0, 0, TimeSpan.Zero);

    private static (SyslogMessage? Message, string? Error) Parse(byte[] payload, DateTimeOffset? arrival = null)
    {
        var taken = SyslogParser.TryParse(new Datagram(payload, new UdpEndpoint(IPAddress.Loopback, 514), arrival ?? Arrival, TimeSpan.Zero), out var message, out var error);
        Assert.Equal((taken, taken), (error is null, message is not null));
        return (message, error);
    }

    private static SyslogMessage Parse(string payload, DateTimeOffset? arrival = null)
    {
        var (message, error) = Parse(Encoding.UTF8.GetBytes(payload), arrival);
        Assert.Null(error);
        return message!;
    }

    private static string? ErrorOf(string payload) => Parse(Encoding.UTF8.GetBytes(payload)).Error;

    private static string Said(SyslogMessage message) => string.Join(
        '|',
        message.Format,
        message.Facility,
        message.Severity,
        message.Timestamp?.ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture) ?? "-",
        message.Host ?? "-",
        message.Application ?? "-",
        message.ProcessId ?? "-",
        message.MessageId ?? "-",
        Data(message),
        message.Text);

    private static string Data(SyslogMessage message) =>
        string.Concat(message.StructuredData.Select(element => $"[{element.Id}{string.Concat(element.Parameters.Select(parameter => $" {parameter.Key}={parameter.Value}"))}]"));

    // RFC 5424, section 6.5.
    [Theory]
    [InlineData(
        $"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - {Bom}'su root' failed for lonvick on /dev/pts/8",
        "Rfc5424|Authorization|Critical|2003-10-11T22:14:15.003000+00:00|mymachine.example.com|su|-|ID47||'su root' failed for lonvick on /dev/pts/8")]
    [InlineData(
        "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
        "Rfc5424|Local4|Notice|2003-08-24T05:14:15.000003-07:00|192.0.2.1|myproc|8710|-||%% It's time to make the do-nuts.")]
    [InlineData(
        $"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 {Example} {Bom}An application event log entry...",
        "Rfc5424|Local4|Notice|2003-10-11T22:14:15.003000+00:00|mymachine.example.com|evntslog|-|ID47|[exampleSDID@32473 iut=3 eventSource=Application eventID=1011]|An application event log entry...")]
    [InlineData(
        $"""<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 {Example}[examplePriority@32473 class="high"]""",
        "Rfc5424|Local4|Notice|2003-10-11T22:14:15.003000+00:00|mymachine.example.com|evntslog|-|ID47|[exampleSDID@32473 iut=3 eventSource=Application eventID=1011][examplePriority@32473 class=high]|")]
    // All that may be left out is.
    [InlineData("<0>1 - - - - - -", "Rfc5424|Kernel|Emergency|-|-|-|-|-||")]
    [InlineData("<191>1 - - - - - - ", "Rfc5424|Local7|Debug|-|-|-|-|-||")]
    [InlineData("<13>1 - - - - - -  two spaces", "Rfc5424|User|Notice|-|-|-|-|-|| two spaces")]
    public void Rfc5424_says(string payload, string expected) => Assert.Equal(expected, Said(Parse(payload)));

    // RFC 5424, section 6.2.3.1, and the edges of what it says.
    [Theory]
    [InlineData("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000+00:00")]
    [InlineData("1985-04-12T19:20:50.52-04:00", "1985-04-12T19:20:50.520000-04:00")]
    [InlineData("2003-10-11T22:14:15.003Z", "2003-10-11T22:14:15.003000+00:00")]
    [InlineData("2003-08-24T05:14:15.000003-07:00", "2003-08-24T05:14:15.000003-07:00")]
    [InlineData("2004-02-29T23:59:59+14:00", "2004-02-29T23:59:59.000000+14:00")]
    [InlineData("2003-01-01T00:00:00+23:59", "2002-12-31T00:01:00.000000+00:00")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000+00:00")]
    public void Timestamps_of_Rfc5424(string timestamp, string expected) => Assert.Equal(expected, Said(Parse($"<13>1 {timestamp} - - - - -")).Split('|')[3]);

    [Theory]
    [InlineData("2003-08-24T05:14:15.000000003-07:00")]
    [InlineData("2003-10-11t22:14:15Z")]
    [InlineData("2003-10-11T22:14:15z")]
    [InlineData("2003-10-11T22:14:15")]
    [InlineData("2003-10-11T22:14:15.Z")]
    [InlineData("2003-10-11T22:14:60Z")]
    [InlineData("2003-10-11T24:00:00Z")]
    [InlineData("2003-02-29T00:00:00Z")]
    [InlineData("2003-13-01T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("2003-10-11T22:14:15+24:00")]
    [InlineData("2003-10-11T22:14:15+0100")]
    [InlineData("2003-10-11")]
    [InlineData("")]
    public void Timestamps_that_Rfc5424_does_not_allow(string timestamp) => Assert.Equal("bad-timestamp", ErrorOf($"<13>1 {timestamp} - - - - -"));

    // RFC 5424, section 6.3.5 and 6.3.3.
    [Theory]
    [InlineData(Example, "[exampleSDID@32473 iut=3 eventSource=Application eventID=1011]", "")]
    [InlineData($"{Example} [examplePriority@32473 class=\"high\"]", "[exampleSDID@32473 iut=3 eventSource=Application eventID=1011]", "[examplePriority@32473 class=\"high\"]")]
    [InlineData("""[sigSig ver="1" rsID="1234"]""", "[sigSig ver=1 rsID=1234]", "")]
    [InlineData("""[a x="1" x="2"] m""", "[a x=1 x=2]", "m")]
    [InlineData("""[a x="\"\\\]"] m""", """[a x="\]]""", "m")]
    [InlineData("""[a x="c:\new\\\\"]""", """[a x=c:\new\\]""", "")]
    [InlineData("""[a x="\n\é [=ü"]""", """[a x=\n\é [=ü]""", "")]
    [InlineData("""[a][b x=""][c]""", "[a][b x=][c]", "")]
    public void Structured_data(string data, string expected, string text)
    {
        var message = Parse("<13>1 - - - - - " + data);

        Assert.Equal((expected, text), (Data(message), message.Text));
    }

    [Theory]
    // An id may not be missing, or come twice.
    [InlineData($"[ exampleSDID@32473 iut=\"3\"][examplePriority@32473 class=\"high\"]")]
    [InlineData("""[a x="1"][a y="2"]""")]
    [InlineData("[]")]
    [InlineData("[a")]
    [InlineData("[a ]")]
    [InlineData("[a x]")]
    [InlineData("[a x=1]")]
    [InlineData("""[a x="1]""")]
    [InlineData("""[a x="1" """)]
    [InlineData("""[a x="]"]""")]
    [InlineData("""[a x="1"y="2"]""")]
    [InlineData("""[a =""]""")]
    [InlineData("""[a é="1"]""")]
    [InlineData("""[a x="\"]""")]
    [InlineData("""[abcdefghijklmnopqrstuvwxyz0123456]""")]
    [InlineData("x")]
    [InlineData("")]
    public void Structured_data_that_is_none(string data) => Assert.Equal("bad-structured-data", ErrorOf("<13>1 - - - - - " + data));

    [Fact]
    public void Structured_data_has_its_bounds()
    {
        var elements = Enumerable.Range(0, 33).Select(i => $"[e{i}]").ToArray();
        var parameters = string.Concat(Enumerable.Range(0, 128).Select(i => $" p{i}=\"\""));

        Assert.Equal(32, Parse("<13>1 - - - - - " + string.Concat(elements[..32])).StructuredData.Length);
        Assert.Equal("too-much-structured-data", ErrorOf("<13>1 - - - - - " + string.Concat(elements)));
        Assert.Equal(256, Parse($"<13>1 - - - - - [a{parameters}][b{parameters}]").StructuredData.Sum(element => element.Parameters.Length));
        Assert.Equal("too-much-structured-data", ErrorOf($"<13>1 - - - - - [a{parameters}][b{parameters} x=\"\"]"));
    }

    [Theory]
    [InlineData("", "bad-priority")]
    [InlineData("hello", "bad-priority")]
    [InlineData("<>1 - - - - - -", "bad-priority")]
    [InlineData("<192>1 - - - - - -", "bad-priority")]
    [InlineData("<007>1 - - - - - -", "bad-priority")]
    [InlineData("<00>1 - - - - - -", "bad-priority")]
    [InlineData("<1a>1 - - - - - -", "bad-priority")]
    [InlineData("<-1>1 - - - - - -", "bad-priority")]
    [InlineData("<1000>1 - - - - - -", "bad-priority")]
    [InlineData("<13", "bad-priority")]
    [InlineData("<13>2 - - - - - -", "bad-version")]
    [InlineData("<13>01 - - - - - -", "bad-version")]
    [InlineData("<13>1 ", "bad-timestamp")]
    [InlineData("<13>1 -", "bad-host")]
    [InlineData("<13>1 -  - - - -", "bad-host")]
    [InlineData("<13>1 - é - - - -", "bad-host")]
    [InlineData("<13>1 - h", "bad-application")]
    [InlineData("<13>1 - h a12345678901234567890123456789012345678901234567890 - - -", "bad-application")]
    [InlineData("<13>1 - h a", "bad-process-id")]
    [InlineData("<13>1 - h a p", "bad-message-id")]
    [InlineData("<13>1 - h a p m", "bad-structured-data")]
    [InlineData("<13>1 - h a p m -text", "bad-text")]
    [InlineData("<13>1 - h a p m [x]text", "bad-text")]
    public void What_is_no_message_is_refused_with_the_reason(string payload, string error) => Assert.Equal(error, ErrorOf(payload));

    [Fact]
    public void A_text_that_says_it_is_UTF8_has_to_be_and_another_is_shown_as_well_as_it_can_be()
    {
        var head = "<13>1 - - - - - - "u8.ToArray();

        Assert.Equal("bad-text", Parse([.. head, 0xEF, 0xBB, 0xBF, (byte)'a', 0xFF]).Error);
        Assert.Equal("a\uFFFD", Parse([.. head, (byte)'a', 0xFF]).Message!.Text);
        Assert.Equal("größer", Parse([.. head, .. "größer"u8]).Message!.Text);
        Assert.Equal("", Parse([.. head, 0xEF, 0xBB, 0xBF]).Message!.Text);
    }

    // RFC 3164, section 5.4, and what the field sends.
    [Theory]
    [InlineData(
        "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
        "Rfc3164|Authorization|Critical|2003-10-11T22:14:15.000000+00:00|mymachine|su|-|-||'su root' failed for lonvick on /dev/pts/8")]
    [InlineData("<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!", "Rfc3164|User|Notice|2004-02-05T17:32:18.000000+00:00|10.0.0.99|-|-|-||Use the BFG!")]
    [InlineData(
        "<165>Aug 24 05:34:00 CST 1987 mymachine myproc[10]: %% It's time to make the do-nuts.",
        "Rfc3164|Local4|Notice|1987-08-24T05:34:00.000000+00:00|mymachine|myproc|10|-||%% It's time to make the do-nuts.")]
    [InlineData(
        "<0>1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All Folks!",
        "Rfc3164|Kernel|Emergency|-|-|-|-|-||1990 Oct 22 10:52:01 TZ-6 scapegoat.dmz.example.org 10.1.2.3 sched[0]: That's All Folks!")]
    [InlineData("<13>Use the BFG!", "Rfc3164|User|Notice|-|-|-|-|-||Use the BFG!")]
    [InlineData("<13>", "Rfc3164|User|Notice|-|-|-|-|-||")]
    [InlineData("<13>Oct 11 22:14:15 su[12]: own machine", "Rfc3164|User|Notice|2003-10-11T22:14:15.000000+00:00|-|su|12|-||own machine")]
    [InlineData("<13>Oct 11 22:14:15 su: own machine", "Rfc3164|User|Notice|2003-10-11T22:14:15.000000+00:00|-|su|-|-||own machine")]
    [InlineData("<13>su[12] no colon", "Rfc3164|User|Notice|-|-|su|12|-||no colon")]
    [InlineData("<13>Oct 01 22:14:15.123 h t: m", "Rfc3164|User|Notice|2003-10-01T22:14:15.123000+00:00|h|t|-|-||m")]
    [InlineData("<13>Oct 1 2002 22:14:15 h t:m", "Rfc3164|User|Notice|2002-10-01T22:14:15.000000+00:00|h|t|-|-||m")]
    [InlineData("<13>*Oct  1 22:14:15.5: h t: m", "Rfc3164|User|Notice|2003-10-01T22:14:15.500000+00:00|h|t|-|-||m")]
    [InlineData("<13>2003-10-11T22:14:15.25+02:00 h t[1]: m", "Rfc3164|User|Notice|2003-10-11T22:14:15.250000+02:00|h|t|1|-||m")]
    [InlineData("<13>Oct 32 22:14:15 h t: m", "Rfc3164|User|Notice|-|-|-|-|-||Oct 32 22:14:15 h t: m")]
    [InlineData("<13>Feb 30 22:14:15 h t: m", "Rfc3164|User|Notice|-|-|-|-|-||Feb 30 22:14:15 h t: m")]
    [InlineData("<13>Oct 11 22:14:15", "Rfc3164|User|Notice|2003-10-11T22:14:15.000000+00:00|-|-|-|-||")]
    public void Rfc3164_says(string payload, string expected) => Assert.Equal(expected, Said(Parse(payload)));

    [Theory]
    [InlineData("2026-01-01T00:30:00", "Dec 31 23:59:59", 2025)]
    [InlineData("2025-12-31T23:59:00", "Jan  1 00:00:01", 2026)]
    [InlineData("2026-07-01T00:00:00", "Jan  1 00:00:01", 2026)]
    [InlineData("2025-03-01T00:00:00", "Feb 29 12:00:00", 2024)]
    [InlineData("2027-03-01T00:00:00", "Feb 29 12:00:00", 2028)]
    [InlineData("0001-01-01T00:00:00", "Jan  1 00:00:01", 2)]
    [InlineData("9999-12-31T23:00:00", "Dec 31 23:59:59", 9998)]
    public void A_timestamp_without_a_year_is_of_the_year_nearest_to_its_arrival(string arrival, string timestamp, int year)
    {
        var message = Parse($"<13>{timestamp} h t: m", DateTimeOffset.Parse(arrival, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

        Assert.Equal(year, message.Timestamp!.Value.Year);
    }
}
