using System.Globalization;
using System.Reactive.Concurrency;
using Microsoft.Playwright;
using ReactiveLink.Dashboard.Tests.Support;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Dashboard.Tests.Browser;

/// <summary>What the page shows is what was sent.</summary>
[Collection(BrowserCollection.Name)]
public sealed class FiguresTests(BrowserFixture fixture)
{
    [BrowserFact]
    public async Task Counts_on_the_page_are_exactly_those_of_what_was_sent()
    {
        await using var site = await Site.StartAsync();
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        using var rover = new RawSender(site.Link.LocalEndpoint, "rover");
        using var drone = new RawSender(site.Link.LocalEndpoint, "drone");

        // 0 to 9 without 4 and 5, 7 twice; then 3 more; and 2 that are no frames.
        foreach (var sequence in new uint[] { 0, 1, 2, 3, 6, 7, 7, 8, 9 })
        {
            rover.Send(sequence, $"{{\"n\":{sequence}}}");
        }

        for (var sequence = 0u; sequence < 3; sequence++)
        {
            drone.Send(sequence);
        }

        rover.SendNoise();
        drone.SendNoise();

        await open.ExpectAsync("#received", "14");
        await open.ExpectAsync("#delivered", "12");
        await open.ExpectAsync("#dropped", "2");
        await open.ExpectAsync("#lost", "2");
        await open.ExpectAsync("#duplicates", "1");
        await open.ExpectAsync("#late", "0");
        await open.ExpectAsync("#peers", "2");
        await open.ExpectContainsAsync("#chart-faults .legend", "crc-mismatch 2");
        await open.ExpectAsync("#messages-count", "12 shown · 0 left out");
        Assert.Equal(12, await open.Page.Locator("#messages tbody tr").CountAsync());
        Assert.Contains("{\"n\":9}", await open.ColumnAsync("#messages", 6));
        Assert.Contains("gap(2)", await open.ColumnAsync("#messages", 5));
        Assert.Contains("duplicate", await open.ColumnAsync("#messages", 5));

        var row = open.Page.Locator("#peers-table tbody tr", new PageLocatorOptions { HasText = "rover" });
        await Assertions.Expect(row.Locator("td").Nth(4)).ToHaveTextAsync("9");
        await Assertions.Expect(row.Locator("td").Nth(5)).ToHaveTextAsync("2");
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task Under_a_flood_the_counts_stay_exact_and_the_page_says_what_it_left_out()
    {
        const int Flood = 20_000;
        await using var site = await Site.StartAsync();
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        await using var rover = site.Connect("rover");
        for (var i = 0; i < Flood; i++)
        {
            await rover.SendAsync(i);
        }

        await Deadline.Until(() => site.Link.GetStatistics() is var now && now.Ledger.Received + now.Sequence.Lost >= Flood, "all is accounted for");
        var delivered = site.Link.GetStatistics().Ledger.Delivered;
        await open.ExpectAsync("#delivered", delivered.ToString("#,0", CultureInfo.InvariantCulture));
        await rover.SendAsync("the last");
        await open.ExpectContainsAsync("#messages tbody tr:first-child", "the last");

        var counter = await open.Page.TextContentAsync("#messages-count");
        var leftOut = long.Parse(counter!.Split('·')[1].Replace("left out", "", StringComparison.Ordinal), NumberStyles.AllowThousands | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        Assert.InRange(leftOut, delivered / 2, delivered);
        Assert.InRange(await open.Page.Locator("#messages tbody tr").CountAsync(), 1, 200);
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task A_chart_moves_and_says_in_words_what_it_shows()
    {
        await using var site = await Site.StartAsync();
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        await using var rover = site.Connect("rover");
        await open.UntilAsync("() => (document.querySelector('#chart-rate path.line')?.getAttribute('d').split('L').length ?? 0) > 3");
        var before = await open.Page.GetAttributeAsync("#chart-rate path.line", "d");
        for (var i = 0; i < 200; i++)
        {
            await rover.SendAsync(i);
        }

        // The line is another one, and goes up from the ground: the bottom of an SVG has the largest y. By two fifths of the chart at least, which is as high as its axis
        // rounds up to.
        await open.UntilAsync("before => document.querySelector('#chart-rate path.line').getAttribute('d') !== before", before);
        await open.UntilAsync(
            """
            () => {
              const heights = document.querySelector('#chart-rate path.line').getAttribute('d').split(/[ML]/).slice(1).map(point => Number(point.split(' ')[1]));
              return Math.max(...heights) - Math.min(...heights) > 30;
            }
            """);
        await open.UntilAsync("() => /now .* from 0 to [1-9][0-9.,]* in the last minute/.test(document.querySelector('#chart-rate svg').getAttribute('aria-label'))");
        foreach (var chart in await open.Page.Locator("figure svg").AllAsync())
        {
            Assert.Equal("img", await chart.GetAttributeAsync("role"));
            Assert.Contains(": ", await chart.GetAttributeAsync("aria-label"), StringComparison.Ordinal);
        }
    }

    [BrowserFact]
    public async Task Charts_begin_anew_when_the_servers_clock_was_set_back()
    {
        const string IsWithin =
            """
            least => {
              const chart = document.querySelector('#chart-rate svg');
              const places = (chart.querySelector('path.line')?.getAttribute('d') ?? '').split(/[ML]/).slice(1).map(point => Number(point.split(' ')[0]));
              return places.length >= least && places.every((place, i) => place >= 0 && place <= chart.clientWidth && (i === 0 || place > places[i - 1]));
            }
            """;
        using var network = new VirtualNetwork(DefaultScheduler.Instance);
        var host = network.AddHost("ground", "10.0.0.1");
        var feed = new global::Dashboard.Feed.FeedOptions();
        await using var site = await Site.StartAsync(feed, link: UdpLink.Over(host.Listen("10.0.0.1:9000"), new LinkOptions { StatisticsInterval = feed.Tick }));
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        await open.UntilAsync(IsWithin, 20);

        host.ClockOffset = TimeSpan.FromHours(-1);

        // What was drawn is gone; then the line grows again, on this page and on one that is opened now.
        await open.UntilAsync("() => document.querySelector('#chart-rate path.line').getAttribute('d').split('L').length < 20");
        await open.UntilAsync(IsWithin, 8);
        await using var later = await OpenPage.AtAsync(fixture.Browser, site.Url);
        await later.UntilAsync(IsWithin, 8);
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task An_alert_appears_is_said_to_screen_readers_and_clears()
    {
        var feed = new global::Dashboard.Feed.FeedOptions { SilenceFires = 1.5 };
        await using var site = await Site.StartAsync(feed);
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        await using var rover = site.Connect("rover");
        await rover.SendAsync(1);
        await rover.SendAsync(2);
        await open.ExpectContainsAsync("#alerts-active", "All is well.");

        await open.ExpectContainsAsync("#alerts-active", "peer silent of rover");
        await open.ExpectAsync("#alerts-count", "1 active");
        await open.ExpectAsync("#announcer", "Alert: peer silent of rover fires.");

        await rover.SendAsync(3);
        await open.ExpectAsync("#alerts-active", "All is well.");
        await open.ExpectAsync("#announcer", "Alert: peer silent of rover is over.");
        await open.ExpectContainsAsync("#alerts-past", "Resolved");
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task What_a_hostile_sender_writes_is_text()
    {
        const string Evil = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
        await using var site = await Site.StartAsync();
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        using var evil = new RawSender(site.Link.LocalEndpoint, "<b>x</b>\u202Egpj.exe</td></tr>");
        evil.Send(0, System.Text.Json.JsonSerializer.Serialize(Evil), type: "</table><h1>");
        evil.Send(1, System.Text.Json.JsonSerializer.Serialize(Evil), type: "</table><h1>");

        await open.ExpectContainsAsync("#messages tbody tr:first-child td:nth-child(2)", "<b>x</b>");
        await open.ExpectContainsAsync("#messages tbody tr:first-child td:nth-child(3)", "</table><h1>");
        await open.ExpectContainsAsync("#messages tbody tr:first-child td:nth-child(6)", "img src=x onerror");
        await open.ExpectContainsAsync("#peers-table tbody", "<b>x</b>");
        await open.ExpectContainsAsync("#windows tbody", "Rate");
        Assert.Equal("ReactiveLink dashboard", await open.Page.TitleAsync());
        Assert.Equal(0, await open.Page.Locator("main img, main script, main b:text('x')").CountAsync());
        Assert.Equal(1, await open.Page.Locator("h1").CountAsync());
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task The_page_says_when_the_server_is_gone_and_comes_back_with_it()
    {
        await using var site = await Site.StartAsync();
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        await using var rover = site.Connect("rover");
        await rover.SendAsync(1);
        await open.ExpectAsync("#received", "1");
        Assert.Empty(open.Complaints);

        await site.StopServerAsync();
        await open.ExpectAsync("#connection", "disconnected");
        await Assertions.Expect(open.Page.Locator("#banner")).ToBeVisibleAsync();
        await rover.SendAsync(2);

        await site.StartServerAsync();
        await open.ExpectAsync("#connection", "live");
        await Assertions.Expect(open.Page.Locator("#banner")).ToBeHiddenAsync();
        await open.ExpectAsync("#received", "2");
        await rover.SendAsync(3);
        await open.ExpectAsync("#received", "3");
        await open.ExpectContainsAsync("#messages tbody tr:first-child td:nth-child(6)", "3");

        // While there was no server the browser itself said so, and nothing else did.
        Assert.All(open.Complaints, complaint => Assert.Contains("net::ERR_", complaint, StringComparison.Ordinal));
    }

    [BrowserFact]
    public async Task A_page_that_was_refused_comes_in_when_there_is_room()
    {
        await using var site = await Site.StartAsync(options: new global::Dashboard.Server.ServerOptions { MaximumClients = 1 });
        await using var first = await OpenPage.AtAsync(fixture.Browser, site.Url);
        var context = await fixture.Browser.NewContextAsync();
        var second = await context.NewPageAsync();
        await second.GotoAsync(site.Url);
        await Assertions.Expect(second.Locator("#connection")).ToHaveTextAsync("disconnected");

        await first.DisposeAsync();
        await Assertions.Expect(second.Locator("#connection")).ToHaveTextAsync("live", new LocatorAssertionsToHaveTextOptions { Timeout = 20_000 });
        await context.DisposeAsync();
    }
}
