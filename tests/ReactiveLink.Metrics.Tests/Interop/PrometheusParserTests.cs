namespace ReactiveLink.Metrics.Tests.Interop;

/// <summary>The parser that other tests trust.</summary>
public sealed class PrometheusParserTests
{
    [Theory]
    [InlineData("a 1")]
    [InlineData("# TYPE a counter\na -1\n")]
    [InlineData("a 1\n")]
    [InlineData("# TYPE a gauge\na 1\n# TYPE b gauge\na 2\n")]
    [InlineData("# TYPE a gauge\na 1\n# TYPE b gauge\n# TYPE a gauge\n")]
    [InlineData("# TYPE a gauge\na 1\na 2\n")]
    [InlineData("# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n")]
    [InlineData("# TYPE a gauge\na{x=\"\\t\"} 1\n")]
    [InlineData("# TYPE a gauge\na{9=\"1\"} 1\n")]
    [InlineData("# TYPE a gauge\na Infinity\n")]
    [InlineData("# TYPE a gauge\na ∞\n")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n")]
    public void The_parser_is_strict(string text) => Assert.Throws<FormatException>(() => PrometheusParser.Parse(text));
}
