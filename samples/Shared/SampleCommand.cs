using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net.Sockets;
using System.Numerics;
using ReactiveLink.Tool;

namespace ReactiveLink.Samples;

/// <summary>What samples with options have in common: numbers within a range, and one line on stderr for whatever fails.</summary>
internal static class SampleCommand
{
    /// <summary>How long the action may take to end after Ctrl+C.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Parses, and runs the action. Returns what it returns; 2 if the arguments are wrong or what they name cannot be opened; 1 if it fails otherwise; 130 if it is
    /// cancelled by Ctrl+C, or does not end in time after that.
    /// </summary>
    public static async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> arguments, TextWriter? output = null, TextWriter? errors = null)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        root.Directives.Clear();
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var wrong = parsed.Action is ParseErrorAction
            ? parsed.Errors.Select(error => error.Message)
            : parsed.Tokens.Where(token => token.Type == TokenType.Directive).Select(token => $"Unrecognized argument '{token.Value}'.");
        if (wrong.Any())
        {
            return Fail(2, $"{string.Join(' ', wrong)} See --help.");
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = Patience,
                Output = output ?? Console.Out,
                Error = errors ?? Console.Error,
            });
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException or LinkOpenException or SocketException or IOException)
        {
            return Fail(2, exception.Message);
        }
        catch (Exception exception)
        {
            return Fail(1, $"unexpected {exception.GetType().Name}: {exception.Message}");
        }

        int Fail(int exitCode, string message)
        {
            (errors ?? Console.Error).WriteLine($"{root.Name}: {OneLine.From(message)}");
            return exitCode;
        }
    }

    /// <summary>A number within a range.</summary>
    public static Option<T> Number<T>(string name, string unit, string description, T least, T most, T usual)
        where T : struct, INumber<T> =>
        new(name) { HelpName = unit, Description = description, DefaultValueFactory = _ => usual, CustomParser = result => Read(result, name, least, most) ?? usual };

    /// <summary>A number within a range, or none.</summary>
    public static Option<T?> Optional<T>(string name, string unit, string description, T least, T most)
        where T : struct, INumber<T> =>
        new(name) { HelpName = unit, Description = description, CustomParser = result => Read(result, name, least, most) };

    private static T? Read<T>(ArgumentResult result, string name, T least, T most)
        where T : struct, INumber<T>
    {
        var text = result.Tokens[^1].Value;
        if (T.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be {(value is int ? "a whole number " : "")}from {least} to {most}, and is '{text}'."));
        return null;
    }
}
