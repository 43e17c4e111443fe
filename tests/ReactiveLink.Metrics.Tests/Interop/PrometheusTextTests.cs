using System.Buffers;
using System.Text;

namespace ReactiveLink.Metrics.Tests.Interop;

public sealed class PrometheusTextTests
{
    private readonly MetricRegistry _registry = new();

    [Fact]
    public void The_counters_of_the_specification()
    {
        _registry.GetOrAddCounter("http_requests_total", MetricTags.Of(("method", "post"), ("code", "200")), "The total number of HTTP requests.").Add(1027);
        _registry.GetOrAddCounter("http_requests_total", MetricTags.Of(("method", "post"), ("code", "400"))).Add(3);

        Assert.Equal(
            """
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{code="200",method="post"} 1027
            http_requests_total{code="400",method="post"} 3

            """,
            Text());
    }

    [Fact]
    public void The_escaping_of_the_specification()
    {
        _registry.GetOrAddGauge("msdos_file_access_time_seconds", MetricTags.Of(("path", @"C:\DIR\FILE.TXT"), ("error", "Cannot find file:\n\"FILE.TXT\"")), "A \\ and\na \"line\".")
            .Set(1.458255915e9);

        Assert.Equal(
            """
            # HELP msdos_file_access_time_seconds A \\ and\na "line".
            # TYPE msdos_file_access_time_seconds gauge
            msdos_file_access_time_seconds{error="Cannot find file:\n\"FILE.TXT\"",path="C:\\DIR\\FILE.TXT"} 1458255915

            """,
            Text());
    }

    [Fact]
    public void The_histogram_of_the_specification_has_cumulative_buckets_and_inf()
    {
        var histogram = _registry.GetOrAddHistogram("http_request_duration_seconds", description: "A histogram of the request duration.", bounds: [0.05, 0.1, 0.2]);
        foreach (var value in (double[])[0.05, 0.07, 0.1, 0.15, 7])
        {
            histogram.Record(value);
        }

        Assert.Equal(
            """
            # HELP http_request_duration_seconds A histogram of the request duration.
            # TYPE http_request_duration_seconds histogram
            http_request_duration_seconds_bucket{le="0.05"} 1
            http_request_duration_seconds_bucket{le="0.1"} 3
            http_request_duration_seconds_bucket{le="0.2"} 4
            http_request_duration_seconds_bucket{le="+Inf"} 5
            http_request_duration_seconds_sum 7.37
            http_request_duration_seconds_count 5

            """,
            Text());
    }

    [Fact]
    public void Names_end_as_their_type_asks()
    {
        _registry.GetOrAddCounter("datagrams");
        _registry.GetOrAddTimer("decode", bounds: []);
        _registry.GetOrAddRate("loss");

        var text = Text();

        Assert.Contains("# TYPE datagrams_total counter\ndatagrams_total 0\n", text, StringComparison.Ordinal);
        Assert.Contains("decode_seconds_bucket{le=\"+Inf\"} 0\ndecode_seconds_sum 0\ndecode_seconds_count 0\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE loss_per_second gauge\nloss_per_second 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gauge_without_a_value_is_NaN()
    {
        _registry.GetOrAddGauge("level");

        Assert.EndsWith("\nlevel NaN\n", Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("link.peer-loss", "link_peer_loss")]
    [InlineData("9lives", "_9lives")]
    [InlineData("job:rate", "job:rate")]
    [InlineData("größe\n# TYPE evil counter", "gr__e___TYPE_evil_counter")]
    public void Names_are_made_valid(string name, string expected)
    {
        _registry.GetOrAddGauge(name).Set(1);

        Assert.Equal($"# TYPE {expected} gauge\n{expected} 1\n", Text());
    }

    [Fact]
    public void Names_that_become_the_same_stay_apart()
    {
        _registry.GetOrAddGauge("a.b").Set(1);
        _registry.GetOrAddGauge("a-b").Set(2);
        _registry.GetOrAddHistogram("h", bounds: []);
        _registry.GetOrAddGauge("h.count").Set(3);

        var text = Text();

        Assert.Contains("\na_b 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\na_b_2 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nh_count 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nh_count_2 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_become_the_same_stay_apart_and_reserved_ones_are_not_taken()
    {
        _registry.GetOrAddGauge("g", MetricTags.Of(("a.b", "1"), ("a_b", "2"), ("__name__", "3"), ("9", "4"), ("x:y", "5"))).Set(1);
        _registry.GetOrAddHistogram("h", MetricTags.Of(("le", "6")), bounds: []);
        _registry.GetOrAddGauge("s", MetricTags.Of(("a.b", "1"))).Set(1);
        _registry.GetOrAddGauge("s", MetricTags.Of(("a_b", "1"))).Set(2);

        var text = Text();

        Assert.Contains("g{_9=\"4\",a_b=\"1\",a_b_2=\"2\",label__name__=\"3\",x_y=\"5\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("h_bucket{le_2=\"6\",le=\"+Inf\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("s{a_b=\"1\"} 1\ns{a_b=\"1\",series=\"2\"} 2\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Reserved_labels_do_not_come_of_making_labels_unlike()
    {
        _registry.GetOrAddGauge("g", MetricTags.Of(("_", "1"), (".", "2"))).Set(1);

        Assert.Contains("g{_=\"2\",label_2=\"1\"} 1\n", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Series_whose_labels_become_the_same_in_another_order_stay_apart()
    {
        _registry.GetOrAddGauge("g", MetricTags.Of(("-", "1"), ("b", "2"))).Set(1);
        _registry.GetOrAddGauge("g", MetricTags.Of(("b", "2"), ("\u00e9", "1"))).Set(2);

        Assert.Contains("g{_=\"1\",b=\"2\"} 1\ng{_=\"1\",b=\"2\",series=\"2\"} 2\n", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Series_that_UTF_8_cannot_tell_apart_stay_apart()
    {
        _registry.GetOrAddGauge("g", MetricTags.Of(("x", "\ud800"))).Set(1);
        _registry.GetOrAddGauge("g", MetricTags.Of(("x", "\udc00"))).Set(2);

        Assert.Contains("g{x=\"\ufffd\"} 1\ng{series=\"2\",x=\"\ufffd\"} 2\n", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_infinities_and_NaN_are_spelled_as_the_format_asks()
    {
        // Sums past the largest double.
        var up = _registry.GetOrAddHistogram("up", bounds: [-1e300, 0, 1e16]);
        up.Record(double.MaxValue);
        up.Record(double.MaxValue);
        var down = _registry.GetOrAddHistogram("down", bounds: []);
        down.Record(double.MinValue);
        down.Record(double.MinValue);
        _registry.GetOrAddGauge("none");

        var text = Text();

        Assert.Equal(
            """
            # TYPE up histogram
            up_bucket{le="-1E+300"} 0
            up_bucket{le="0"} 0
            up_bucket{le="10000000000000000"} 0
            up_bucket{le="+Inf"} 2
            up_sum +Inf
            up_count 2
            # TYPE down histogram
            down_bucket{le="+Inf"} 2
            down_sum -Inf
            down_count 2
            # TYPE none gauge
            none NaN

            """,
            text);
        Assert.Equal(3, PrometheusParser.Parse(text).Count);
    }

    [Fact]
    public void An_empty_registry_is_an_empty_text() => Assert.Equal("", Text());

    [Fact]
    public void Bytes_are_the_text_in_UTF_8()
    {
        for (var i = 0; i < 100; i++)
        {
            _registry.GetOrAddGauge("g", MetricTags.Of(("emoji", new string('x', i) + "😀é"))).Set(i);
        }

        var bytes = new ArrayBufferWriter<byte>();
        _registry.WritePrometheus(bytes);

        Assert.Equal(Text(), Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    private string Text()
    {
        using var writer = new StringWriter { NewLine = "\r\n" };
        _registry.WritePrometheus(writer);
        return writer.ToString();
    }
}
