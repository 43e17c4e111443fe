using System.CommandLine;
using ReactiveLink.Samples;

namespace Syslog;

/// <summary>From arguments to settings.</summary>
internal static class SyslogCommand
{
    private const string Description = """
        Receives syslog messages over UDP, prints their rates by severity, and an alert on bursts of errors.
        Without arguments it sends itself quiet times and a burst, and ends.
        """;

    public static RootCommand Create(Func<SyslogSettings, CancellationToken, Task<int>> run)
    {
        var usual = new FlowOptions();
        var listen = new Option<string>("--listen")
        {
            HelpName = "ENDPOINT",
            Description = "Where messages come in; port 0 takes any free one.",
            DefaultValueFactory = _ => "127.0.0.1:5514",
        };
        var time = SampleCommand.Optional("--for", "SECONDS", "Ends by itself after so long, 0.1 to 1000000. Default: when stopped (Ctrl+C).", 0.1, 1e6);
        var window = SampleCommand.Number("--window", "SECONDS", "The windows of the rates, told every second; 1 to 3600.", 1, 3600, (int)usual.Window.TotalSeconds);
        var errors = SampleCommand.Number("--errors-per-second", "N", "The alert: more errors than this, 0 to 1000000.", 0, 1_000_000, (int)usual.ErrorsPerSecond);
        var hold = SampleCommand.Number(
            "--hold", "SECONDS", "For so long, and until they have been fewer for so long; 0.1 to 1000000.", 0.1, 1e6, usual.HoldFor.TotalSeconds);
        var messages = new Option<bool>("--messages") { Description = "Prints each message instead of the rates, and all else too, as lines of JSON.", Arity = ArgumentArity.Zero };

        var root = new RootCommand(Description) { listen, time, window, errors, hold, messages };
        root.SetAction((parsed, stop) => run(
            parsed.Tokens.Count == 0 ? new SyslogSettings() : new SyslogSettings
            {
                IsDemo = false,
                Listen = parsed.GetRequiredValue(listen),
                For = parsed.GetValue(time) is { } end ? TimeSpan.FromSeconds(end) : null,
                Messages = parsed.GetValue(messages),
                Flow = usual with
                {
                    Window = TimeSpan.FromSeconds(parsed.GetValue(window)),
                    ErrorsPerSecond = parsed.GetValue(errors),
                    HoldFor = TimeSpan.FromSeconds(parsed.GetValue(hold)),
                },
            },
            stop));
        return root;
    }
}
