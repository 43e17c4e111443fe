using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Dashboard.Server;
using ReactiveLink.Dashboard.Tests.Support;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Dashboard.Tests.Server;

/// <summary>The event stream over a real connection.</summary>
public sealed class StreamTests : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task It_begins_with_what_is_known_and_goes_on_with_what_comes()
    {
        await using var site = await Site.StartAsync();
        using var response = await _http.GetAsync(site.Url + "/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        Assert.True(response.Headers.CacheControl!.NoStore);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("retry: 1000", await Deadline.Within(reader.ReadLineAsync()));
        Assert.Equal("", await Deadline.Within(reader.ReadLineAsync()));
        var (first, hello) = await ReadAsync(reader);
        Assert.Equal("hello", first);
        Assert.Equal(site.Link.LocalEndpoint.ToString(), hello.GetProperty("endpoint").GetString());

        await using var rover = site.Connect("rover");
        await rover.SendAsync("hi");
        while (true)
        {
            var (name, data) = await ReadAsync(reader);
            if (name == "messages" && data.GetProperty("rows").GetArrayLength() == 1)
            {
                Assert.Equal("rover", data.GetProperty("rows")[0].GetProperty("source").GetString());
                Assert.Equal("\"hi\"", data.GetProperty("rows")[0].GetProperty("data").GetString());
                break;
            }
        }
    }

    [Fact]
    public async Task One_browser_too_many_is_told_to_come_back_later()
    {
        await using var site = await Site.StartAsync(options: new ServerOptions { MaximumClients = 2 });
        using var first = await _http.GetAsync(site.Url + "/events", HttpCompletionOption.ResponseHeadersRead);
        using var second = await _http.GetAsync(site.Url + "/events", HttpCompletionOption.ResponseHeadersRead);
        using (var third = await _http.GetAsync(site.Url + "/events", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(5), third.Headers.RetryAfter!.Delta);
        }

        Assert.Equal(1, site.Server.Clients.Refused);
        first.Dispose();
        await Deadline.Until(() => site.Server.Clients.Count == 1, "the place is free again");
        using var fourth = await _http.GetAsync(site.Url + "/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, fourth.StatusCode);
    }

    [Fact]
    public async Task A_browser_that_does_not_read_is_disconnected_and_the_link_does_not_notice()
    {
        // Small buffers and quick ticks: they are full at once.
        var feed = new global::Dashboard.Feed.FeedOptions { Tick = TimeSpan.FromMilliseconds(10) };
        var options = new ServerOptions { SlowClientBound = TimeSpan.FromMilliseconds(300), ClientBuffer = 4096 };
        await using var site = await Site.StartAsync(feed, options);
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048 };
        await slow.ConnectAsync(IPEndPoint.Parse(new Uri(site.Url).Authority));
        await slow.SendAsync(Encoding.ASCII.GetBytes("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        await using var rover = site.Connect("rover");
        long sent = 0;
        await Deadline.Until(
            () =>
            {
                if (sent < 20_000 && rover.GetStatistics().SendQueued == 0)
                {
                    rover.SendAsync(sent++).AsTask().Wait(Deadline.Time);
                }

                return site.Server.Clients.TooSlow == 1;
            },
            "the slow browser is disconnected");

        Assert.Equal(0, site.Server.Clients.Count);
        Assert.True(site.Server.Clients.Dropped > 0);
        await Deadline.Until(() => site.Link.GetStatistics().Ledger.Received == sent, "all is received");
        Assert.Equal(0, site.Link.GetStatistics().MissedNotifications);
    }

    [Fact]
    public async Task It_ends_with_the_server()
    {
        await using var site = await Site.StartAsync();
        using var response = await _http.GetAsync(site.Url + "/events", HttpCompletionOption.ResponseHeadersRead);
        var end = response.Content.ReadAsByteArrayAsync();

        await Deadline.Within(site.StopServerAsync().AsTask());

        await Deadline.Within(end.ContinueWith(_ => { }, TaskScheduler.Default));
        Assert.Equal(0, site.Server.Clients.Count);
        await site.StartServerAsync();
    }

    [Fact]
    public async Task A_flood_is_told_in_no_more_than_its_bounds_and_what_is_left_out_is_counted()
    {
        const int Flood = 30_000;
        await using var site = await Site.StartAsync(link: UdpLink.Open(
            "127.0.0.1:0",
            options => options with { StatisticsInterval = TimeSpan.FromMilliseconds(250), Transport = options.Transport with { ReceiveBufferSize = 4 << 20 } }));
        using var response = await _http.GetAsync(site.Url + "/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await Deadline.Within(reader.ReadLineAsync());
        await Deadline.Within(reader.ReadLineAsync());
        await using var rover = site.Connect("rover");
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Flood; i++)
            {
                await rover.SendAsync(i);
            }
        });

        long told = 0;
        long delivered = 0;
        var perEvent = 0;

        // A tick tells of the link first, and of its messages last.
        while (delivered < Flood || told == 0)
        {
            var (name, data) = await ReadAsync(reader);
            if (name == "messages")
            {
                told = data.GetProperty("told").GetInt64();
                perEvent = Math.Max(perEvent, data.GetProperty("rows").GetArrayLength());
            }
            else if (name == "link")
            {
                var totals = data.GetProperty("totals");
                delivered = totals.GetProperty("delivered").GetInt64() + totals.GetProperty("lost").GetInt64() + totals.GetProperty("dropped").GetInt64();
            }
        }

        await Deadline.Within(sending);
        Assert.InRange(perEvent, 1, 40);
        Assert.InRange(told, 1, Flood / 10);
        Assert.Equal(0, site.Link.GetStatistics().Ledger.Unexplained);
    }

    private static async Task<(string Name, JsonElement Data)> ReadAsync(StreamReader reader)
    {
        var name = await Deadline.Within(reader.ReadLineAsync());
        var data = await Deadline.Within(reader.ReadLineAsync());
        var end = await Deadline.Within(reader.ReadLineAsync());
        Assert.StartsWith("event: ", name, StringComparison.Ordinal);
        Assert.StartsWith("data: ", data, StringComparison.Ordinal);
        Assert.Equal("", end);
        return (name![7..], JsonDocument.Parse(data![6..]).RootElement);
    }
}
