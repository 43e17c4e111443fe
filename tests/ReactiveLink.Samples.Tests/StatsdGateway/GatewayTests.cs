using System.Globalization;
using System.Net;
using System.Reactive;
using System.Reactive.Linq;
using System.Text;
using Microsoft.Reactive.Testing;
using ReactiveLink.Metrics;
using StatsdGateway;

namespace ReactiveLink.Samples.Tests.Statsd;

/// <summary>The flow in virtual time, and what the exposition says after it.</summary>
public sealed class GatewayTests
{
    private static readonly long Start = TimeSpan.FromHours(1).Ticks;

    private readonly TestScheduler _scheduler = new();

    private static Datagram Of(string payload) => new(Encoding.UTF8.GetBytes(payload), new UdpEndpoint(IPAddress.Loopback, 7), DateTimeOffset.UnixEpoch, TimeSpan.Zero);

    /// <summary>Sends datagrams at whole seconds and gives the exposition at one.</summary>
    private string[] Run(GatewayOptions options, double until, params (double Seconds, string Payload)[] datagrams)
    {
        using var gateway = new Gateway(options, _scheduler);
        return Run(gateway, until, datagrams);
    }

    private string[] Run(Gateway gateway, double until, params (double Seconds, string Payload)[] datagrams)
    {
        Recorded<Notification<Datagram>>[] messages = [.. datagrams.Select(d => ReactiveTest.OnNext(Start + (long)(d.Seconds * TimeSpan.TicksPerSecond), Of(d.Payload)))];
        var source = _scheduler.CreateHotObservable(messages);
        _scheduler.AdvanceTo(Start - 1);
        using (gateway.Run(source, error => throw error))
        {
            _scheduler.AdvanceTo(Start + (long)(until * TimeSpan.TicksPerSecond));
            using var writer = new StringWriter(CultureInfo.InvariantCulture);
            gateway.Metrics.WritePrometheus(writer);
            Assert.Single(source.Subscriptions);
            return writer.ToString().Split('\n');
        }
    }

    private static string[] Of(string[] exposition, string family) => [.. exposition.Where(line => line.StartsWith(family, StringComparison.Ordinal))];

    [Fact]
    public void A_counter_counts_by_its_sample_rate_and_decrements_by_a_name_of_their_own()
    {
        var lines = Run(new GatewayOptions(), 1, (0, "a:1|c\na:2|c|@0.1\na:0.5|c"), (0.1, "a:-3|c\na:1:2:-1|c"));

        Assert.Equal(["a_total 24.5", "a_decrements_total 4"], Of(lines, "a_"));
    }

    [Fact]
    public void A_gauge_is_set_and_changed_and_set_below_zero_by_way_of_zero()
    {
        var lines = Run(new GatewayOptions(), 1, (0, "a:10|g\na:+5|g\na:-20|g"), (0.1, "b:-4|g"), (0.2, "c:7|g\nc:0|g\nc:-10|g"));

        Assert.Equal(["a -5", "b -4", "c -10"], [.. Of(lines, "a "), .. Of(lines, "b "), .. Of(lines, "c ")]);
    }

    [Fact]
    public void A_gauge_of_DogStatsD_takes_its_sign_as_a_part_of_the_value()
    {
        var lines = Run(new GatewayOptions { SignedGaugesAreChanges = false }, 1, (0, "a:10|g\na:-20|g\nb:+5|g\nb:+5|g"));

        Assert.Equal(["a -20", "b 5"], [.. Of(lines, "a "), .. Of(lines, "b ")]);
    }

    [Fact]
    public void Timers_are_in_seconds_and_weighed_by_their_sample_rate()
    {
        var lines = Run(new GatewayOptions(), 1, (0, "a:250|ms|@0.5\na:750|ms"), (0.1, "b:3|d|@0.3\nb:3|d|@0.3\nb:3|d|@0.3"));

        Assert.Equal(["a_seconds_count 3", "a_seconds_sum 1.25", "b_count 10", "b_sum 30"], lines.Where(line => line.Contains("_count", StringComparison.Ordinal) || line.Contains("_sum", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_sample_rate_of_almost_nothing_weighs_no_more_than_the_limit()
    {
        var lines = Run(new GatewayOptions(), 1, (0, "a:2|d|@1e-300"));

        Assert.Equal(["a_count 1000"], Of(lines, "a_count"));
    }

    [Fact]
    public void Percentiles_are_of_the_last_window_and_go_with_it()
    {
        var options = new GatewayOptions { Window = TimeSpan.FromSeconds(6) };
        var payload = string.Join('\n', Enumerable.Range(1, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"a:{i}|d|#x:y")));

        Assert.Empty(Of(Run(options, 0.9, (0, payload)), "a_window"));
        var lines = Of(new GatewayTests().Run(options, 6.1, (0, payload)), "a_window{");
        Assert.Equal(["0.5", "0.9", "0.95", "0.99"], lines.Select(line => line.Split('"')[1]));
        Assert.All(lines, line =>
        {
            var (quantile, value) = (double.Parse(line.Split('"')[1], CultureInfo.InvariantCulture), double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
            Assert.InRange(value, quantile * 100 * 0.99, quantile * 100 * 1.01);
        });
        Assert.Empty(Of(new GatewayTests().Run(options, 7.1, (0, payload)), "a_window"));
        Assert.Equal(["a_count{x=\"y\"} 100"], Of(new GatewayTests().Run(options, 7.1, (0, payload)), "a_count"));
    }

    [Fact]
    public void A_set_has_the_different_members_of_the_last_window()
    {
        var options = new GatewayOptions { Window = TimeSpan.FromSeconds(6) };
        (double, string)[] datagrams = [(0, "a:x|s\na:y|s\na:x|s"), (3, "a:y|s\na:z|s")];

        Assert.Equal(["a 3"], Of(Run(options, 3.5, datagrams), "a "));
        Assert.Equal(["a 2"], Of(new GatewayTests().Run(options, 7, datagrams), "a "));
        Assert.Equal(["a 0"], Of(new GatewayTests().Run(options, 10, datagrams), "a "));
    }

    [Fact]
    public void The_same_tags_in_another_order_are_the_same_series()
    {
        var lines = Run(new GatewayOptions(), 1, (0, "a:1|c|#x:1,y:2\na:1|c|#y:2,x:1\na:1|c|#y:2"));

        Assert.Equal(["a_total{x=\"1\",y=\"2\"} 2", "a_total{y=\"2\"} 1"], Of(lines, "a_total"));
        Assert.Equal(["statsd_gateway_series 2"], Of(lines, "statsd_gateway_series"));
    }

    [Fact]
    public void Series_of_a_name_beyond_the_limit_share_one_and_are_counted()
    {
        var lines = Run(new GatewayOptions { MaximumSeriesPerName = 2 }, 1, (0, string.Join('\n', Enumerable.Range(0, 10).Select(i => $"a:1|c|#i:{i}"))), (0.5, "a:1|c|#i:1\nb:1|c"));

        Assert.Equal(["a_total{i=\"0\"} 1", "a_total{i=\"1\"} 2", "a_total{overflow=\"true\"} 8"], Of(lines, "a_total"));
        Assert.Equal(["statsd_gateway_overflow_total{limit=\"series-per-name\"} 8"], Of(lines, "statsd_gateway_overflow_total{limit=\"series-p"));
        Assert.Equal(["b_total 1"], Of(lines, "b_total"));
    }

    [Fact]
    public void Series_beyond_the_limit_of_all_are_left_out_and_counted()
    {
        var lines = Run(new GatewayOptions { MaximumSeries = 3 }, 1, (0, string.Join('\n', Enumerable.Range(0, 10).Select(i => $"a{i}:1|{(i % 2 == 0 ? "c" : "d")}"))));

        Assert.Equal(["a0_total 1", "a2_total 1"], lines.Where(line => line.StartsWith('a') && line.Contains("_total", StringComparison.Ordinal)));
        Assert.Equal(["statsd_gateway_overflow_total{limit=\"series\"} 7"], Of(lines, "statsd_gateway_overflow_total{limit=\"series\""));
        Assert.Equal(["statsd_gateway_lines_total{kind=\"counter\"} 2"], Of(lines, "statsd_gateway_lines_total{kind=\"counter"));
        Assert.Equal(["statsd_gateway_series 3"], Of(lines, "statsd_gateway_series"));
    }

    [Fact]
    public void As_many_distributions_as_there_are_series_fit_with_their_windows()
    {
        var options = new GatewayOptions { MaximumSeries = 200, MaximumSeriesPerName = 300, Window = TimeSpan.FromSeconds(6) };
        var lines = Run(options, 2, (0, string.Join('\n', Enumerable.Range(0, 300).Select(i => $"a:1|ms|#i:{i}"))));

        Assert.Equal(800, Of(lines, "a_window_seconds{").Length);
        Assert.Equal(200, Of(lines, "a_seconds_count").Length);
    }

    [Fact]
    public void Members_of_sets_beyond_the_limit_are_counted_and_give_their_places_back()
    {
        var options = new GatewayOptions { MaximumMembers = 5, Window = TimeSpan.FromSeconds(6) };
        var many = string.Join('\n', Enumerable.Range(0, 8).Select(i => $"a:{i}|s"));

        var lines = Run(options, 9, (0, many), (0.5, "a:1|s\nb:1|s"), (8, "b:1|s\nb:2|s"));

        Assert.Equal(["a 0", "b 2"], [.. Of(lines, "a "), .. Of(lines, "b ")]);
        Assert.Equal(["statsd_gateway_overflow_total{limit=\"set-members\"} 4"], Of(lines, "statsd_gateway_overflow_total{limit=\"set"));
    }

    [Fact]
    public void A_series_is_forgotten_after_its_expiry_and_its_name_is_free_for_another_kind()
    {
        var options = new GatewayOptions { Window = TimeSpan.FromSeconds(6), Expiry = TimeSpan.FromSeconds(20), MaximumSeries = 2 };

        var lines = Run(options, 30, (0, "a:1|c\na:-1|c\nb:1|d"), (15, "b:1|d"), (25, "a:1|g\nc:1|g"));

        Assert.Equal(["a 1"], Of(lines, "a"));
        Assert.Equal(["b_count 2"], Of(lines, "b_count"));
        Assert.Empty(Of(lines, "c"));
        Assert.Equal(["statsd_gateway_overflow_total{limit=\"series\"} 1"], Of(lines, "statsd_gateway_overflow_total{limit=\"series\""));
    }

    [Fact]
    public void Refused_lines_are_counted_by_their_reason_and_do_not_hurt_the_others()
    {
        using var gateway = new Gateway(new GatewayOptions(), _scheduler);
        var lines = Run(gateway, 1, (0, "a:1|c\na:x|c\n\na:1|g\nstatsd_gateway.lines:1|c\na:1e308|c|@0.01\na:1|c"), (0.1, "a"));
        gateway.Figures.OnNext(new Fault(FaultReason.KernelDrop, DateTimeOffset.UnixEpoch, Count: 3));

        Assert.Equal(["a_total 2"], Of(lines, "a_total"));
        var refused = Of(lines, "statsd_gateway_faults_total").Where(line => !line.EndsWith(" 0", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(
            ["bad-value 2", "kind-conflict 1", "no-value 1", "reserved-name 1"], refused.Select(line => line.Split('"')[1] + " " + line.Split(' ')[1]));
        Assert.Equal(3, gateway.Metrics.Metrics.Single(metric => metric.Tags.TryGetValue("reason", out var reason) && reason == "kernel-drop").Value);
        Assert.Equal(["statsd_gateway_lines_total{kind=\"counter\"} 2", "statsd_gateway_lines_total{kind=\"gauge\"} 0"], Of(lines, "statsd_gateway_lines_total")[..2]);
        Assert.Equal(["statsd_gateway_datagrams_total 2"], Of(lines, "statsd_gateway_datagrams_total"));
    }

    [Theory]
    [InlineData("a.b:1|c", "a_b:2|c", "a_b_total 1", "a_b_total")]
    [InlineData("a_b:2|c", "a.b:1|c", "a_b_total 2", "a_b_total")]
    [InlineData("a b:1|g", "a-b:2|g", "a_b 1", "a_b")]
    [InlineData("1a:1|g", "_1a:2|g", "_1a 1", "_1a")]
    [InlineData("a:1|c", "a_total:2|c", "a_total 1", "a_total")]
    [InlineData("a:1|c", "a.total:2|g", "a_total 1", "a_total")]
    [InlineData("a:1|c", "a_decrements:2|c", "a_total 1", "a_decrements_total")]
    [InlineData("a:1|d", "a.count:2|g", "a_count 1", "a_count")]
    [InlineData("a:1000|ms", "a_seconds:2|d", "a_seconds_sum 1", "a_seconds")]
    [InlineData("a_window:1|g", "a:2|d", "a_window 1", "a_window")]
    public void Names_that_become_one_in_the_exposition_are_the_first_ones_until_it_is_forgotten(string first, string second, string expected, string shared)
    {
        var options = new GatewayOptions { Window = TimeSpan.FromSeconds(6), Expiry = TimeSpan.FromSeconds(20) };
        (double, string)[] datagrams = [(0, first), (1, second), (2, second + "\n" + first)];
        List<string> complaints = [];
        using var gateway = new Gateway(options, _scheduler, complaints.Add);

        var lines = Run(gateway, 1.9, datagrams);

        Assert.Contains(expected, lines);
        Assert.Contains("statsd_gateway_faults_total{detail=\"name-conflict\",reason=\"parse-failed\"} 1", lines);
        Assert.Contains("statsd_gateway_series 1", lines);
        Assert.Equal([$"'{second.Split(':')[0]}' is left out: in the exposition it would be {shared}, as '{first.Split(':')[0]}' is."], complaints);

        // When the first is gone the other one may have the name.
        Assert.Contains("statsd_gateway_series 1", new GatewayTests().Run(options, 40, (0, first), (30, second)));
        Assert.Contains("statsd_gateway_faults_total{detail=\"name-conflict\",reason=\"parse-failed\"} 0", new GatewayTests().Run(options, 40, (0, first), (30, second)));
    }

    [Fact]
    public void Of_many_names_that_conflict_a_few_are_told_of_and_all_are_counted()
    {
        List<string> complaints = [];
        using var gateway = new Gateway(new GatewayOptions(), _scheduler, complaints.Add);
        var many = Enumerable.Range(0, 100).Select(i => "a" + $"{i:b7}".Replace('0', '.').Replace('1', '-') + ":1|g");

        var lines = Run(gateway, 1, (0, "____:1|g\n.:1|g\n..:1|c"), (0.1, string.Join('\n', many)));

        Assert.Equal(SeriesTable.Complaints, complaints.Count);
        Assert.Contains("statsd_gateway_faults_total{detail=\"no-name\",reason=\"parse-failed\"} 3", lines);
        Assert.Contains("statsd_gateway_faults_total{detail=\"name-conflict\",reason=\"parse-failed\"} 99", lines);
    }

    [Fact]
    public void The_gateways_own_names_are_reserved_in_all_their_forms()
    {
        var lines = Run(new GatewayOptions(), 1, (0, "statsd-gateway-lines:1|c\nstatsd_gateway_series:7|g\nstatsd.gateway.x:1|g\nstatsd_gateways:1|g"));

        Assert.Contains("statsd_gateway_faults_total{detail=\"reserved-name\",reason=\"parse-failed\"} 3", lines);
        Assert.Contains("statsd_gateway_series 1", lines);
        Assert.Contains("statsd_gateways 1", lines);
    }

    [Fact]
    public void Tags_that_become_one_label_are_one()
    {
        var lines = Run(new GatewayOptions(), 1, (0, "a:1|c|#x.y:1\na:1|c|#x_y:1\na:1|c|#x.y:2,x-y:1"));

        Assert.Equal(["a_total{x_y=\"1\"} 3"], Of(lines, "a_total"));
    }

    [Theory]
    [InlineData("a:1e100|c\na:1e100|c", "a_total 2E+100")]
    [InlineData("a:1|c\na:1e308|c\na:1e308|c", "a_total 1")]
    [InlineData("a:1|c\na:1e50|c|@1e-60\na:2:1e50|c|@1e-60", "a_total 1")]
    [InlineData("a:1|g\na:+1e308|g\na:+1e308|g", "a 1")]
    [InlineData("a:1|d\na:1e308|d\na:1e308|d", "a_sum 1")]
    [InlineData("a:1|d\na:1:2:-1e308|d", "a_sum 1")]
    public void Values_that_would_make_a_sum_infinite_are_refused(string payload, string expected)
    {
        var lines = Run(new GatewayOptions { Window = TimeSpan.FromSeconds(6) }, 2, (0, payload));

        Assert.Contains(expected, lines);
        Assert.DoesNotContain(lines, line => line.EndsWith("Inf", StringComparison.Ordinal) || line.EndsWith("NaN", StringComparison.Ordinal));
        var refused = payload.Split('\n').Count(line => line.Contains("308", StringComparison.Ordinal) || line.Contains("@", StringComparison.Ordinal));
        Assert.Contains($"statsd_gateway_faults_total{{detail=\"bad-value\",reason=\"parse-failed\"}} {refused}", lines);
    }

    [Fact]
    public void A_line_beyond_both_limits_is_counted_once()
    {
        var lines = Run(new GatewayOptions { MaximumSeries = 2, MaximumSeriesPerName = 1 }, 1, (0, "a:1|c|#i:1\nb:1|c\na:1|c|#i:2\na:1|c|#i:3"));

        Assert.Contains("statsd_gateway_overflow_total{limit=\"series\"} 2", lines);
        Assert.Contains("statsd_gateway_overflow_total{limit=\"series-per-name\"} 0", lines);
    }

    [Fact]
    public void Events_and_service_checks_are_counted()
    {
        var lines = Run(new GatewayOptions(), 1, (0, "_e{1,1}:a|b\n_e{1,1}:a|b|t:error\n_sc|x|2\n_sc|x|0\n_sc|y|2"));

        Assert.Equal(
            ["events_total{alert_type=\"error\"} 1", "events_total{alert_type=\"info\"} 1", "service_checks_total{status=\"critical\"} 2", "service_checks_total{status=\"ok\"} 1"],
            lines.Where(line => line.StartsWith("statsd_gateway_events_total", StringComparison.Ordinal) || line.StartsWith("statsd_gateway_service_checks", StringComparison.Ordinal))
                .Where(line => !line.EndsWith(" 0", StringComparison.Ordinal)).Select(line => line["statsd_gateway_".Length..]).Order(StringComparer.Ordinal));
    }
}
