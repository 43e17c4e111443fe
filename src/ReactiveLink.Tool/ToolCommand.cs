using System.CommandLine;
using System.CommandLine.Invocation;
using ReactiveLink.Tool.Listening;
using ReactiveLink.Tool.Recording;
using ReactiveLink.Tool.Replaying;
using ReactiveLink.Tool.Sending;

namespace ReactiveLink.Tool;

/// <summary>The <c>reactivelink</c> command: parses, runs, and turns every failure into one line on stderr and an exit code.</summary>
internal static class ToolCommand
{
    public const string Name = "reactivelink";

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, ToolEnvironment environment, CancellationToken stop)
    {
        try
        {
            var root = Create(environment, stop);
            var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Action is ParseErrorAction)
            {
                throw ToolException.Usage(Explain(parsed));
            }

            // Signals are ours, and so are exceptions.
            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = environment.OutputText,
                Error = environment.Error,
            };
            return await parsed.InvokeAsync(invocation, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ToolException exception)
        {
            WriteError(environment, exception.Message);
            return exception.ExitCode;
        }
        catch (Exception exception)
        {
            WriteError(environment, $"unexpected {exception.GetType().Name}: {exception.Message}");
            return ExitCodes.Failure;
        }
    }

    private static RootCommand Create(ToolEnvironment environment, CancellationToken stop)
    {
        var root = new RootCommand("Listens to UDP telemetry, sends, records and replays it: frames, sequence checks and faults as JSON lines or a live table.");
        root.Directives.Clear();
        root.Add(ListenCommand.Create(settings => ListenSession.RunAsync(settings, environment, stop)));
        root.Add(SendCommand.Create(settings => SendSession.RunAsync(settings, environment, stop)));
        root.Add(RecordCommand.Create(settings => RecordSession.RunAsync(settings, environment, stop)));
        root.Add(ReplayCommand.Create(settings => ReplaySession.RunAsync(settings, environment, stop)));
        HelpWithExamples.Install(root);
        return root;
    }

    private static string Explain(ParseResult parsed)
    {
        if (parsed.CommandResult.Command is RootCommand)
        {
            var what = parsed.UnmatchedTokens is [var word, ..] ? $"'{word}' is not a command" : "no command";
            return $"{what}: use '{Name} {ListenCommand.Name} ENDPOINT', '{Name} {SendCommand.Name} ENDPOINT', '{Name} {RecordCommand.Name} ENDPOINT --out FILE' or '{Name} {ReplayCommand.Name} FILE'. See '{Name} --help'.";
        }

        return $"{string.Join(' ', parsed.Errors.Select(error => error.Message))} See '{Name} {parsed.CommandResult.Command.Name} --help'.";
    }

    private static void WriteError(ToolEnvironment environment, string message)
    {
        try
        {
            environment.Error.WriteLine($"{Name}: {OneLine.From(message)}");
            environment.Error.Flush();
        }
        catch (IOException)
        {
            // Nobody reads stderr: the exit code has to do.
        }
    }
}
