using System.Reactive.Concurrency;
using Dashboard.Feed;
using Dashboard.Fleet;
using Microsoft.Playwright;
using ReactiveLink.Dashboard.Tests.Support;

namespace ReactiveLink.Dashboard.Tests.Browser;

/// <summary>The simulated fleet as a newcomer sees it. With DASHBOARD_SCREENSHOTS=FOLDER the pictures of the README are made anew, of a full minute.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ScreenshotTests(BrowserFixture fixture)
{
    [BrowserFact]
    public async Task The_fleet_is_shown_in_light_in_dark_and_on_a_phone()
    {
        var folder = Environment.GetEnvironmentVariable("DASHBOARD_SCREENSHOTS");
        var feed = new FeedOptions();
        using var fleet = new FleetSimulation(DefaultScheduler.Instance, seed: 42, feed.Tick);
        await using var site = await Site.StartAsync(feed, link: fleet.Link, origin: "a simulated fleet of six");
        fleet.Start();
        await using var light = await OpenPage.AtAsync(fixture.Browser, site.Url);
        await using var dark = await OpenPage.AtAsync(fixture.Browser, site.Url, options => options.ColorScheme = ColorScheme.Dark);
        await using var phone = await OpenPage.AtAsync(
            fixture.Browser,
            site.Url,
            options => (options.ViewportSize, options.DeviceScaleFactor) = (new ViewportSize { Width = 360, Height = 740 }, 2));

        var points = folder is null ? 10 : 212;
        await light.UntilAsync(
            "n => document.querySelector('#chart-rate path.line')?.getAttribute('d').split('L').length > n && document.querySelector('#alerts-active').textContent.includes('peer loss of')",
            points,
            timeout: 150_000);
        Assert.Equal(6, await light.Page.Locator("#peers-table tbody tr").CountAsync());

        foreach (var (name, page) in new[] { ("dashboard", light), ("dashboard-dark", dark), ("dashboard-phone", phone) })
        {
            Assert.Empty(page.Complaints);
            var picture = await page.Page.ScreenshotAsync(new PageScreenshotOptions { FullPage = name != "dashboard", Path = folder is null ? null : Path.Combine(folder, name + ".png") });

            // A blank page makes a far smaller picture.
            Assert.True(picture.Length > 20_000, $"{name}: {picture.Length} bytes");
        }
    }
}
