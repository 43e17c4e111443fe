using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Text;
using System.Text.Json;
using Dashboard.Feed;
using Dashboard.Server;
using ReactiveLink.Dashboard.Tests.Support;
using ReactiveLink.Metrics.Tests.Interop;
using ReactiveLink.Samples;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Dashboard.Tests.Server;

/// <summary>The server as a program meets it that is no browser.</summary>
public sealed class HttpTests : IDisposable
{
    private static readonly string[] Paths = ["/", "/style.css", "/app.js", "/icon.svg", "/api/link", "/metrics", "/health", "/events"];

    private readonly HttpClient _http = new() { Timeout = Deadline.Time };

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("NONSENSE")]
    public async Task No_method_but_GET_is_answered(string method)
    {
        await using var site = await Site.StartAsync();
        foreach (var path in Paths)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), site.Url + path);
            using var response = await _http.SendAsync(request);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            Assert.Equal(["GET"], response.Content.Headers.Allow);
        }
    }

    [Fact]
    public async Task Who_does_not_read_its_answers_is_disconnected()
    {
        await using var site = await Site.StartAsync(options: new ServerOptions { SlowClientBound = TimeSpan.FromSeconds(2) });
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048 };
        await slow.ConnectAsync(IPEndPoint.Parse(new Uri(site.Url).Authority));
        await slow.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /charts.js HTTP/1.1\r\nHost: localhost\r\n\r\n", 60))));

        slow.Blocking = false;
        await Deadline.Until(
            () =>
            {
                try
                {
                    slow.Send("\r\n"u8);
                    return false;
                }
                catch (SocketException exception)
                {
                    return exception.SocketErrorCode != SocketError.WouldBlock;
                }
            },
            "the connection is closed");
    }

    [Fact]
    public async Task Every_answer_has_the_security_headers()
    {
        await using var site = await Site.StartAsync();
        foreach (var path in Paths.Append("/nothing"))
        {
            using var response = await _http.GetAsync(site.Url + path, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(path == "/nothing" ? HttpStatusCode.NotFound : HttpStatusCode.OK, response.StatusCode);
            Assert.StartsWith("default-src 'self';", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(response.Headers.Contains("Server"));
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1:1", true)]
    [InlineData("[::1]:5280", true)]
    [InlineData("192.168.1.7", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example:5280", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("", false)]
    public async Task A_host_that_was_rebound_is_refused(string host, bool allowed)
    {
        await using var site = await Site.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(new Uri(site.Url).Authority));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/link HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        var answer = await Deadline.Within(new StreamReader(client.GetStream()).ReadToEndAsync());
        Assert.StartsWith(allowed ? "HTTP/1.1 200" : "HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Equal(allowed, answer.Contains("\"endpoint\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_that_the_user_gave_are_answered()
    {
        var guard = new HostGuard(["http://dash.local:80"], "other.local; third.local");
        Assert.True(guard.Allows("DASH.local") && guard.Allows("third.local"));
        Assert.False(guard.Allows("fourth.local"));
        Assert.True(new HostGuard([], "*").Allows("anything"));
    }

    [Fact]
    public async Task Another_sites_page_takes_no_place()
    {
        await using var site = await Site.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, site.Url + "/events");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(0, site.Server.Clients.Count);
    }

    [Fact]
    public async Task A_file_that_did_not_change_is_not_sent_again()
    {
        await using var site = await Site.StartAsync();
        using var first = await _http.GetAsync(site.Url + "/app.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, site.Url + "/app.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal("text/javascript", first.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_report_is_that_of_the_link()
    {
        await using var site = await Site.StartAsync();
        await using var rover = site.Connect("rover");
        for (var i = 0; i < 10; i++)
        {
            await rover.SendAsync(i);
        }

        await Deadline.Until(() => site.Link.GetStatistics().Ledger.Delivered == 10, "10 delivered");
        using var report = JsonDocument.Parse(await _http.GetStringAsync(site.Url + "/api/link"));
        var root = report.RootElement;
        Assert.Equal(10, root.GetProperty("totals").GetProperty("received").GetInt64());
        Assert.Equal(0, root.GetProperty("unexplained").GetInt64());
        Assert.Equal(site.Link.LocalEndpoint.ToString(), root.GetProperty("endpoint").GetString());
        Assert.Equal("Connected", root.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Health_goes_with_the_link()
    {
        using var network = new VirtualNetwork(DefaultScheduler.Instance);
        var host = network.AddHost("ground", "10.0.0.1");
        await using var site = await Site.StartAsync(link: UdpLink.Over(host.Listen("10.0.0.1:9000")));
        using (var well = await _http.GetAsync(site.Url + "/health"))
        {
            Assert.Equal(HttpStatusCode.OK, well.StatusCode);
            Assert.Contains("\"status\":\"healthy\"", await well.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        host.Crash();
        await Deadline.Until(() => site.Link.CurrentState == ConnectionState.Reconnecting, "the link is lost");
        using var ill = await _http.GetAsync(site.Url + "/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ill.StatusCode);
        Assert.Contains("\"status\":\"unhealthy\"", await ill.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_metrics_follow_the_rules_of_the_format_and_the_figures_of_the_link()
    {
        await using var site = await Site.StartAsync();
        await using var rover = site.Connect("rover");
        for (var i = 0; i < 10; i++)
        {
            await rover.SendAsync(i);
        }

        await using (var raw = UdpTransport.Connect(site.Link.LocalEndpoint.ToString()))
        {
            raw.Send("not a frame at all"u8);
        }

        await Deadline.Until(() => site.Link.GetStatistics().Ledger.Received == 11, "11 received");
        using var response = await _http.GetAsync(site.Url + "/metrics");
        var text = await response.Content.ReadAsStringAsync();
        await _http.GetStringAsync(site.Url + "/metrics");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.Contains("\nreactivelink_datagrams_received_total 11\n", text, StringComparison.Ordinal);
        Assert.Contains("\nreactivelink_datagrams_delivered_total 10\n", text, StringComparison.Ordinal);
        Assert.Contains("\nreactivelink_datagrams_dropped_total{reason=\"crc-mismatch\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nreactivelink_up 1\n", text, StringComparison.Ordinal);
        var families = PrometheusParser.Parse(text);
        Assert.All(families.Where(family => family.Type == "counter"), family => Assert.EndsWith("_total", family.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rover", "rover")]
    [InlineData("ro\"ver\\", "ro\"ver\\")]
    [InlineData("r\u00f6ver \U0001F680", "r\u00f6ver \U0001F680")]
    [InlineData("\u0000\u001b[2J\u0007", "\\u0000\\u001b[2J\\u0007")]
    [InlineData("a\r\nb\u0085c\u2028d\u2029", "a\\u000d\\u000ab\\u0085c\\u2028d\\u2029")]
    [InlineData("\u202egpj.exe", "\\u202egpj.exe")]
    public async Task Names_from_the_network_are_labels_that_can_be_read(string source, string label)
    {
        await using var site = await Site.StartAsync();
        using var metrics = new LinkMetrics();
        var window = new WindowRow("Transit of " + source, source, "ms", 10, 1, 1, 1, 1, 1, 1, 1);
        var output = new ArrayBufferWriter<byte>();

        await metrics.WriteAsync(site.Link, FeedSnapshot.Empty with { Windows = new WindowUpdate([window]) }, site.Server.Clients, output, default);

        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.DoesNotContain(text, character => character is not '\n'
            && char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format);
        var family = PrometheusParser.Parse(text).Single(family => family.Name == "reactivelink_transit_seconds");
        Assert.Equal(4, family.Samples.Count);
        Assert.All(family.Samples, sample => Assert.Contains(new("source", label), sample.Labels));
    }
}
