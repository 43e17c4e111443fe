using Microsoft.Playwright;
using ReactiveLink.Dashboard.Tests.Support;

namespace ReactiveLink.Dashboard.Tests.Browser;

/// <summary>What a user does with the page, by keyboard.</summary>
[Collection(BrowserCollection.Name)]
public sealed class UsingTests(BrowserFixture fixture)
{
    private static readonly string[] Sources = ["alpha", "bravo", "charlie"];

    [BrowserFact]
    public async Task Peers_are_sorted_by_keyboard_and_say_how()
    {
        await using var site = await Site.StartAsync();
        await using var open = await OpenWithPeersAsync(site);

        // By Tab alone, from the top of the page to the first header.
        var header = open.Page.Locator("#peers-table th[data-key=source] button");
        await open.Page.Locator("#peers-filter").FocusAsync();
        await open.Page.Keyboard.PressAsync("Tab");
        await open.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(header).ToBeFocusedAsync();
        Assert.NotEqual("none", await header.EvaluateAsync<string>("button => getComputedStyle(button).outlineStyle"));

        await open.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(open.Page.Locator("#peers-table th[data-key=source]")).ToHaveAttributeAsync("aria-sort", "ascending");
        Assert.Equal(Sources, await open.ColumnAsync("#peers-table", 1));
        await open.Page.Keyboard.PressAsync("Space");
        await Assertions.Expect(open.Page.Locator("#peers-table th[data-key=source]")).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.Equal(Sources.Reverse(), await open.ColumnAsync("#peers-table", 1));

        // A number begins with the largest: charlie sent most.
        await open.Page.Locator("#peers-table th[data-key=received] button").PressAsync("Enter");
        await Assertions.Expect(open.Page.Locator("#peers-table th[data-key=source]")).ToHaveAttributeAsync("aria-sort", "none");
        Assert.Equal(["3", "2", "1"], await open.ColumnAsync("#peers-table", 5));
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task Peers_are_filtered_by_what_is_typed()
    {
        await using var site = await Site.StartAsync();
        await using var open = await OpenWithPeersAsync(site);

        await open.Page.Locator("#peers-filter").FocusAsync();
        await open.Page.Keyboard.TypeAsync("BRAVO");
        await open.ExpectAsync("#peers-count", "1 of 3 shown");
        Assert.Equal(["bravo"], await open.ColumnAsync("#peers-table", 1));
        await open.Page.Keyboard.TypeAsync("?");
        await open.ExpectAsync("#peers-count", "0 of 3 shown");
        await open.ExpectAsync("#peers-table tbody", "Nothing matches.");
        await open.Page.Locator("#peers-filter").FillAsync("");
        await open.ExpectAsync("#peers-count", "3 of 3 shown");
    }

    [BrowserFact]
    public async Task Messages_are_paused_and_searched()
    {
        await using var site = await Site.StartAsync();
        await using var open = await OpenWithPeersAsync(site);
        await open.ExpectAsync("#messages-count", "6 shown · 0 left out");

        var pause = open.Page.Locator("#messages-pause");
        await pause.PressAsync("Enter");
        await Assertions.Expect(pause).ToHaveAttributeAsync("aria-pressed", "true");
        await using var late = site.Connect("late");
        await late.SendAsync("while paused");
        await open.ExpectAsync("#messages-count", "6 shown · 0 left out · paused, 1 newer");
        Assert.Equal(6, await open.Page.Locator("#messages tbody tr").CountAsync());

        await pause.PressAsync("Enter");
        await open.ExpectAsync("#messages-count", "7 shown · 0 left out");
        await open.ExpectContainsAsync("#messages tbody tr:first-child", "while paused");

        await open.Page.Locator("#messages-search").FillAsync("charlie");
        await open.ExpectAsync("#messages-count", "3 of 7 match · 0 left out");
        Assert.All(await open.ColumnAsync("#messages", 2), source => Assert.Equal("charlie", source));
        await open.Page.Locator("#messages-search").FillAsync("no such thing");
        await open.ExpectAsync("#messages tbody", "Nothing matches.");
        Assert.Empty(open.Complaints);
    }

    [BrowserFact]
    public async Task All_can_be_reached_with_Tab_and_the_first_stop_skips_to_the_figures()
    {
        await using var site = await Site.StartAsync();
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        await open.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the figures", await open.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await open.Page.EvaluateAsync<string>("document.activeElement.id"));

        var stops = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
            stops.Add(await open.Page.EvaluateAsync<string>("document.activeElement.id || document.activeElement.textContent"));
        }

        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "peers-filter", "messages-pause", "messages-search", "alerts-past", "Window", "Jitter", "/api/link" }, stops);
    }

    /// <summary>Opens the page and lets the first source send one message, the second two, the third three.</summary>
    private async Task<OpenPage> OpenWithPeersAsync(Site site)
    {
        var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        for (var i = 0; i < Sources.Length; i++)
        {
            using var sender = new RawSender(site.Link.LocalEndpoint, Sources[i]);
            for (var sequence = 0u; sequence <= i; sequence++)
            {
                sender.Send(sequence);
            }
        }

        await open.ExpectAsync("#peers-count", "3 of 3 shown");
        return open;
    }
}
