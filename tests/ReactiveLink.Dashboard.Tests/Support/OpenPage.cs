using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace ReactiveLink.Dashboard.Tests.Support;

/// <summary>A page that is open, and what it complained of.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private const float Deadline = 20_000;

    private readonly IBrowserContext _context;

    private OpenPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.SetDefaultTimeout(Deadline);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => Complaints.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, and exceptions.</summary>
    public ConcurrentQueue<string> Complaints { get; } = [];

    public static async Task<OpenPage> AtAsync(IBrowser browser, string url, Action<BrowserNewContextOptions>? configure = null)
    {
        var options = new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 900 } };
        configure?.Invoke(options);
        var context = await browser.NewContextAsync(options);
        var open = new OpenPage(context, await context.NewPageAsync());
        await open.Page.GotoAsync(url);
        await open.ExpectAsync("#connection", "live");
        return open;
    }

    /// <summary>Waits until an element has exactly this text.</summary>
    public Task ExpectAsync(string selector, string text) =>
        Assertions.Expect(Page.Locator(selector)).ToHaveTextAsync(text, new LocatorAssertionsToHaveTextOptions { Timeout = Deadline });

    /// <summary>Waits until an element's text contains this.</summary>
    public Task ExpectContainsAsync(string selector, string text) =>
        Assertions.Expect(Page.Locator(selector)).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = Deadline });

    /// <summary>Waits until a function of the page's is true.</summary>
    public Task UntilAsync(string function, object? argument = null, float timeout = Deadline) =>
        Page.WaitForFunctionAsync(function, argument, new PageWaitForFunctionOptions { Timeout = timeout, PollingInterval = 100 });

    /// <summary>The texts of the cells of a column.</summary>
    public async Task<IReadOnlyList<string>> ColumnAsync(string table, int column) =>
        await Page.Locator($"{table} tbody tr td:nth-child({column})").AllTextContentsAsync();

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
