using Microsoft.Playwright;
using ReactiveLink.Dashboard.Tests.Support;

namespace ReactiveLink.Dashboard.Tests.Browser;

/// <summary>Whoever looks, on whatever: names and landmarks, contrast, a phone, less motion.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AccessibilityTests(BrowserFixture fixture)
{
    /// <summary>Every visible text with less contrast than WCAG 2.2's 4.5 (1.4.3): relative luminance of its colour over the first opaque background behind it.</summary>
    private const string Contrasts =
        """
        () => {
          const parse = text => { const c = text.match(/[\d.]+/g).map(Number); return { rgb: c.slice(0, 3), alpha: c[3] ?? 1 }; };
          const light = rgb => { const [r, g, b] = rgb.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const behind = node => { for (; node; node = node.parentElement) { const c = parse(getComputedStyle(node).backgroundColor); if (c.alpha === 1) return c.rgb; } return [255, 255, 255]; };
          const poor = [];
          let seen = 0;
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const node = walker.currentNode.parentElement;
            if (!walker.currentNode.textContent.trim() || !node.checkVisibility() || node.closest('noscript, .visually-hidden')) continue;
            const style = getComputedStyle(node);
            const color = parse(node instanceof SVGElement ? style.fill : style.color);
            const [a, b] = [light(color.rgb), light(behind(node))];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            seen++;
            if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${node.tagName} ${walker.currentNode.textContent.trim().slice(0, 30)}`);
          }
          return [String(seen), ...poor];
        }
        """;

    /// <summary>What is wrong with names, roles and structure.</summary>
    private const string Defects =
        """
        () => {
          const defects = [];
          const check = (holds, what) => { if (!holds) defects.push(what); };
          const named = node => (node.getAttribute('aria-label') || node.textContent || '').trim() || (node.getAttribute('aria-labelledby') && document.getElementById(node.getAttribute('aria-labelledby'))?.textContent.trim());
          const all = selector => [...document.querySelectorAll(selector)];
          check(document.documentElement.lang === 'en', 'language');
          check(document.title.length > 0, 'title');
          for (const name of ['header', 'main', 'footer', 'h1']) check(all(name).length === 1, name);
          all('section').forEach(node => check(document.getElementById(node.getAttribute('aria-labelledby'))?.textContent.trim(), 'section without a name'));
          all('input').forEach(node => check(node.labels.length > 0 && node.labels[0].textContent.trim(), 'input without a label: ' + node.id));
          all('button, a').forEach(node => check(named(node), 'no name: ' + node.outerHTML));
          all('img').forEach(node => check(node.hasAttribute('alt'), 'image without alt'));
          all('figure svg').forEach(node => check(node.getAttribute('role') === 'img' && node.getAttribute('aria-label'), 'chart without text'));
          all('th').forEach(node => check(node.scope === 'col' || node.closest('#messages'), 'th without scope'));
          all('th[data-key]').forEach(node => check(node.querySelector('button') && ['none', 'ascending', 'descending'].includes(node.getAttribute('aria-sort')), 'th without button or aria-sort'));
          all('[tabindex="0"]').forEach(node => check(named(node), 'a stop without a name'));
          all('[aria-labelledby]').forEach(node => check(document.getElementById(node.getAttribute('aria-labelledby')), 'label of nothing'));
          const ids = all('[id]').map(node => node.id);
          check(new Set(ids).size === ids.length, 'an id twice');
          const levels = all('h1, h2, h3').map(node => Number(node.tagName[1]));
          levels.forEach((level, i) => check(i === 0 ? level === 1 : level <= levels[i - 1] + 1, 'a heading skips a level'));
          check(document.getElementById('announcer').getAttribute('aria-live') === 'polite', 'no polite region');
          check(!document.querySelector('meta[name=viewport]').content.includes('user-scalable'), 'zoom is forbidden');
          return defects;
        }
        """;

    [BrowserTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_text_has_contrast(ColorScheme scheme)
    {
        await using var site = await Site.StartAsync(new global::Dashboard.Feed.FeedOptions { SilenceFires = 1 });
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url, options => (options.ColorScheme, options.ReducedMotion) = (scheme, ReducedMotion.Reduce));
        await FillAsync(site, open);

        var found = await open.Page.EvaluateAsync<string[]>(Contrasts);
        Assert.True(int.Parse(found[0], System.Globalization.CultureInfo.InvariantCulture) > 100, "texts seen: " + found[0]);
        Assert.Empty(found[1..]);

        var page = await open.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal(scheme == ColorScheme.Dark ? "rgb(14, 19, 26)" : "rgb(243, 245, 248)", page);
    }

    [BrowserFact]
    public async Task Everything_has_a_name_a_role_and_a_place()
    {
        await using var site = await Site.StartAsync(new global::Dashboard.Feed.FeedOptions { SilenceFires = 1 });
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url);
        await FillAsync(site, open);

        Assert.Empty(await open.Page.EvaluateAsync<string[]>(Defects));
    }

    [BrowserFact]
    public async Task A_phone_shows_it_without_scrolling_sideways()
    {
        await using var site = await Site.StartAsync(new global::Dashboard.Feed.FeedOptions { SilenceFires = 1 });
        await using var open = await OpenPage.AtAsync(
            fixture.Browser, site.Url, options => options.ViewportSize = new ViewportSize { Width = 360, Height = 740 });
        await FillAsync(site, open);

        Assert.Equal(360, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));

        // Tables scroll in themselves, and nothing else is wider than the screen.
        Assert.Empty(await open.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('main *')].filter(n => !n.closest('.scroll table') && !n.closest('svg') && n.getBoundingClientRect().right > 360.5).map(n => n.outerHTML.slice(0, 80))"));
        Assert.True(await open.Page.EvaluateAsync<bool>("[...document.querySelectorAll('button, input')].every(n => n.getBoundingClientRect().height >= 24)"), "a target is smaller than 24 pixels");
    }

    [BrowserFact]
    public async Task Who_wants_less_motion_gets_less()
    {
        await using var site = await Site.StartAsync();
        await using var open = await OpenPage.AtAsync(fixture.Browser, site.Url, options => options.ReducedMotion = ReducedMotion.Reduce);
        await open.UntilAsync("() => document.querySelector('#chart-rate path.line') !== null");
        Assert.Equal("0s", await open.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.card')).transitionDuration"));

        // Four events come in a second, and the charts are drawn once: never two drawings within less.
        var shortest = await open.Page.EvaluateAsync<double>(
            """
            () => new Promise(done => {
              const drawn = [];
              new MutationObserver(() => {
                drawn.push(performance.now());
                if (drawn.length === 4) done(Math.min(...drawn.slice(1).map((at, i) => at - drawn[i])));
              }).observe(document.querySelector('#chart-rate svg'), { childList: true });
            })
            """);
        Assert.True(shortest > 900, $"drawn again after {shortest} ms");
    }

    /// <summary>Something in every part of the page, an alert too.</summary>
    private static async Task FillAsync(Site site, OpenPage open)
    {
        using var rover = new RawSender(site.Link.LocalEndpoint, "rover");
        rover.Send(0, "{\"text\":\"" + new string('x', 300) + "\"}");
        rover.Send(3);
        rover.SendNoise();
        await open.ExpectContainsAsync("#alerts-active", "peer silent");
        await open.ExpectContainsAsync("#windows tbody", "Rate");
        await open.ExpectContainsAsync("#messages tbody", "gap(2)");
        await open.ExpectContainsAsync("#chart-faults .legend", "crc-mismatch");
    }
}
