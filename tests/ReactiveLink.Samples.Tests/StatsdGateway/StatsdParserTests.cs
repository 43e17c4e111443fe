using System.Globalization;
using System.Text;
using StatsdGateway;

namespace ReactiveLink.Samples.Tests.Statsd;

public sealed class StatsdParserTests
{
    public static TheoryData<string> Reasons => [.. LineErrors.All.Except([LineErrors.KindConflict, LineErrors.NameConflict])];

    private static readonly Dictionary<string, string[]> Refused = new(StringComparer.Ordinal)
    {
        [LineErrors.NotUtf8] = ["a\u00ff:1|c"],
        [LineErrors.NoName] = [":1|c", ".:1|c", "..._-:1|g", "\u00c3\u00a9:1|g"],
        [LineErrors.NameTooLong] = [new string('a', Limits.Name + 1) + ":1|c"],
        [LineErrors.ReservedName] = ["statsd_gateway.lines:1|c", "a.decrements:1|c", "a.window:1|g", "a.window_seconds:1|g"],
        [LineErrors.NoValue] = ["a", "a|c", "a:|c", "a:1:|c", "a::1|c", "a:|s", " "],
        [LineErrors.BadValue] = ["a:x|c", "a: 1|c", "a:1 |c", "a:NaN|g", "a:Infinity|g", "a:1e999|g", "a:-1|ms", "a:1,5|g", "a:1:x|d", "a:+|g", "a:0x10|c", "a:1_000|c", "a:1\0|c", "a:1e101|g", "a:-1e101|d", "a:1:1e308|c", "a:1e99|c|@0.01"],
        [LineErrors.TooManyValues] = ["a:" + string.Join(':', Enumerable.Repeat('1', Limits.Values + 1)) + "|d"],
        [LineErrors.MemberTooLong] = ["a:" + new string('m', Limits.SetMember + 1) + "|s"],
        [LineErrors.NoType] = ["a:1", "a:1|", "a:1||@0.1"],
        [LineErrors.UnknownType] = ["a:1|k", "a:1|C", "a:1|mss", "a:1|c:2|c"],
        [LineErrors.BadSampleRate] = ["a:1|c|@", "a:1|c|@0", "a:1|c|@-1", "a:1|c|@1.1", "a:1|c|@x", "a:1|c|#x|@NaN"],
        [LineErrors.BadTimestamp] = ["a:1|c|T", "a:1|c|T0", "a:1|c|T-5", "a:1|c|T1.5", "a:1|c|Tx"],
        [LineErrors.TooManyTags] = ["a:1|c|#" + string.Join(',', Enumerable.Range(0, Limits.Tags + 1))],
        [LineErrors.TagTooLong] = ["a:1|c|#" + new string('k', Limits.TagKey + 1), "a:1|c|#k:" + new string('v', Limits.TagValue + 1)],
        [LineErrors.BadEvent] = ["_e{", "_e{}", "_e{1}:a|b", "_e{1,1}", "_e{1,1}:a", "_e{1,1}:a|", "_e{2,1}:a|b", "_e{0,1}:|b", "_e{1,1}:a|b|t:loud", "_e{-1,1}:a|b", "_e{9999999999,1}:a|b"],
        [LineErrors.BadServiceCheck] = ["_sc|", "_sc|a", "_sc||0", "_sc|a|4", "_sc|a|x", "_sc|a|00", "_sc|a|"],
    };

    /// <summary>One byte a character, so that a test can say what is no UTF-8.</summary>
    private static (StatsdLine Line, string? Error) Parse(string line)
    {
        var taken = StatsdParser.TryParse(Encoding.Latin1.GetBytes(line), out var value, out var error);
        Assert.Equal(taken, error is null);
        return (value, error);
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    [Theory]
    // StatsD: https://github.com/statsd/statsd/blob/master/docs/metric_types.md
    [InlineData("gorets:1|c", "Counter gorets 1 @1 ")]
    [InlineData("gorets:1|c|@0.1", "Counter gorets 1 @0.1 ")]
    [InlineData("glork:320|ms|@0.1", "Timer glork 320 @0.1 ")]
    [InlineData("gaugor:333|g", "Gauge gaugor 333 @1 ")]
    [InlineData("gaugor:-10|g", "Gauge gaugor -10 @1 ")]
    [InlineData("gaugor:+4|g", "Gauge gaugor +4 @1 ")]
    [InlineData("uniques:765|s", "Set uniques 765 @1 ")]
    // DogStatsD: https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
    [InlineData("page.views:1|c", "Counter page.views 1 @1 ")]
    [InlineData("fuel.level:0.5|g", "Gauge fuel.level 0.5 @1 ")]
    [InlineData("song.length:240|h|@0.5", "Histogram song.length 240 @0.5 ")]
    [InlineData("users.uniques:1234|s", "Set users.uniques 1234 @1 ")]
    [InlineData("users.online:1|c|#country:china", "Counter users.online 1 @1 country=china")]
    [InlineData("users.online:1|c|@0.5|#country:china", "Counter users.online 1 @0.5 country=china")]
    [InlineData("users.online:1|c|#country:china|@0.5", "Counter users.online 1 @0.5 country=china")]
    [InlineData("page.views:1:2:32|d", "Histogram page.views 1:2:32 @1 ")]
    [InlineData("song.length:240:234|h|@0.5", "Histogram song.length 240:234 @0.5 ")]
    [InlineData("page.views:1|g|#env:dev|c:83c0a99c0a54c0c187f461c7980e9b57f3f6a8b0c918c8d93df19a9de6f3fe1d", "Gauge page.views 1 @1 env=dev")]
    [InlineData("page.views:15|c|#env:dev|T1656581400", "Counter page.views 15 @1 env=dev")]
    [InlineData("page.views:1|g|e:it-false,cn-nginx,pu-1|card:low|x-later", "Gauge page.views 1 @1 ")]
    // What is odd, and right.
    [InlineData("a:b:c|s", "Set a b:c @1 ")]
    [InlineData("a:-0|c", "Counter a -0 @1 ")]
    [InlineData("a:1e3|c", "Counter a 1e3 @1 ")]
    [InlineData("a b/c:1|c", "Counter a b/c 1 @1 ")]
    [InlineData("a:1|c|#", "Counter a 1 @1 ")]
    [InlineData("a:1|c|#,,b,:c,d:,e:f:g,b:2", "Counter a 1 @1 b=2,d=,e=f:g")]
    [InlineData("a:1|c|", "Counter a 1 @1 ")]
    [InlineData("_sc|Redis connection|2|#env:dev|m:Redis connection timed out after 10s", "ServiceCheck Redis connection 2 @1 ")]
    [InlineData("_e{21,36}:An exception occurred|Cannot parse CSV file from 10.0.0.17|t:warning|#err_type:bad_file", "Event  warning @1 ")]
    [InlineData("_e{5,0}:title|", "Event  info @1 ")]
    [InlineData("_e{3,3}:a|b|c|d|p:low", "Event  info @1 ")]
    [InlineData("_e{3,3}:a|t:error|t:warning", "Event  warning @1 ")]
    [InlineData("_e{6,4}:title that is longer|text|t:error", "Event  error @1 ")]
    public void It_takes(string line, string expected)
    {
        var (value, error) = Parse(line);

        Assert.Null(error);
        var tags = string.Join(',', value.ReadTags().Select(tag => tag.Key + "=" + tag.Value));
        Assert.Equal(expected, string.Create(CultureInfo.InvariantCulture, $"{value.Kind} {Text(value.Name)} {Text(value.Values)} @{value.SampleRate} {tags}"));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void It_refuses_with_the_reason(string reason)
    {
        Assert.All(Refused[reason], line => Assert.Equal((line, reason), (line, Parse(line).Error)));
    }

    [Fact]
    public void What_is_just_within_the_limits_is_taken()
    {
        string[] lines =
        [
            new string('a', Limits.Name) + ":1|c",
            "a:" + string.Join(':', Enumerable.Repeat('1', Limits.Values)) + "|d",
            "a:" + new string('m', Limits.SetMember) + "|s",
            "a:1e100:-1e100|d",
            "a:1|c|#" + string.Join(',', Enumerable.Range(0, Limits.Tags)),
            "a:1|c|#" + new string('k', Limits.TagKey) + ":" + new string('v', Limits.TagValue),
        ];

        Assert.All(lines, line => Assert.Null(Parse(line).Error));
    }

    [Fact]
    public void Numbers_come_in_order_with_their_signs() =>
        Assert.Equal([(1, false), (2, true), (-3, true), (0.5, false)], Parse("a:1:+2:-3:.5|d").Line.Numbers());

    [Fact]
    public void Parsing_allocates_nothing()
    {
        ReadOnlyMemory<byte>[] lines =
            [.. new[] { "a:1:2:3|d|@0.5|#env:dev,host:x|c:id|T1656581400", "a:+1|g", "a:x|c", "_e{1,1}:a|b|t:error", "_sc|a|0" }.Select(line => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes(line))];
        ParseAll();
        var before = GC.GetAllocatedBytesForCurrentThread();

        ParseAll();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void ParseAll()
        {
            foreach (var line in lines)
            {
                _ = StatsdParser.TryParse(line, out _, out _);
            }
        }
    }
}
