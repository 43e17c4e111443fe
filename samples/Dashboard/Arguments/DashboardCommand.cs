using System.CommandLine;
using ReactiveLink;

namespace Dashboard.Arguments;

/// <summary>The command line: options of its own, and those of ASP.NET Core, which it hands on.</summary>
internal static class DashboardCommand
{
    private static readonly string[] HostWords = ["--environment", "--contentRoot", "--applicationName", "--AllowedHosts"];

    public static RootCommand Create(Func<DashboardSettings, Task<int>> run)
    {
        var listen = ReactiveLink.Tool.Arguments.EndpointOption("--listen", "Where to listen: host:port, [v6]:port or :port. Default: a simulated fleet, no socket.");
        var frame = ReactiveLink.Tool.Arguments.Frame();
        var codec = ReactiveLink.Tool.Arguments.Codec();
        var time = ReactiveLink.Tool.Arguments.Seconds("--for", "End after S seconds. Default: when stopped (Ctrl+C).");
        var urls = new Option<string?>("--urls")
        {
            Description = "Where the page is served, as in any ASP.NET Core program; its other settings (--AllowedHosts, --Logging:LogLevel:Default ...) are taken too. Default: http://127.0.0.1:5280.",
            HelpName = "URLS",
        };
        var root = new RootCommand("A live page of a running link in the browser: rate, loss, jitter, faults, peers, messages, windows, alerts.")
        {
            listen, frame, codec, time, urls,
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction(parsed => FindUnknown(parsed.UnmatchedTokens) is { } unknown
            ? throw new FormatException($"'{unknown}' is not known. See --help.")
            : run(new DashboardSettings
            {
                Listen = parsed.GetValue(listen),
                Frame = parsed.GetValue(frame) ?? FrameFormat.CrcSequenced,
                Codec = parsed.GetValue(codec) ?? MessageCodecs.Json,
                For = parsed.GetValue(time),
                HostArguments = [.. parsed.GetValue(urls) is { } value ? new[] { "--urls", value } : [], .. parsed.UnmatchedTokens],
            }));
        return root;
    }

    /// <summary>The first word that is no setting of ASP.NET Core's: those are a few well-known ones, and any with a section (<c>--Logging:LogLevel:Default</c>).</summary>
    private static string? FindUnknown(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var key = words[i].Split('=', 2)[0];
            if (!key.StartsWith("--", StringComparison.Ordinal) || !(key.Contains(':', StringComparison.Ordinal) || HostWords.Contains(key, StringComparer.OrdinalIgnoreCase)))
            {
                return words[i];
            }

            // Its value is the next word, unless it is in the same.
            i += words[i].Contains('=', StringComparison.Ordinal) ? 0 : 1;
        }

        return null;
    }
}
