using System.Reactive.Concurrency;
using ReactiveLink.Tool.Output;

namespace ReactiveLink.Tool;

/// <summary>All that a command touches of the process, so that tests can bring their own.</summary>
internal sealed record ToolEnvironment
{
    /// <summary>Standard input.</summary>
    public required Stream Input { get; init; }

    /// <summary>Whether a person types the input.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Standard output, for lines.</summary>
    public required IByteSink Output { get; init; }

    /// <summary>Standard output, for help and the live table.</summary>
    public required TextWriter OutputText { get; init; }

    /// <summary>Whether the output is a terminal that can be redrawn.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>The size of that terminal, asked for at each drawing: it may change.</summary>
    public Func<TerminalSize> ReadTerminalSize { get; init; } = () => TerminalSize.Usual;

    /// <summary>Whether the output may have colours.</summary>
    public bool UseColor { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person reads standard error.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>The time.</summary>
    public IScheduler Scheduler { get; init; } = DefaultScheduler.Instance;

    /// <summary>How sockets are opened.</summary>
    public Func<UdpTransportOptions, IDatagramTransport> OpenTransport { get; init; } = UdpTransport.Open;

    /// <summary>The environment of this process.</summary>
    public static ToolEnvironment OfProcess()
    {
        var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return new ToolEnvironment
        {
            Input = Console.OpenStandardInput(),
            InputIsTerminal = !Console.IsInputRedirected,
            Output = StandardOutput.Open(),
            OutputText = Console.Out,
            OutputIsTerminal = terminal,
            ReadTerminalSize = TerminalSize.OfProcess,
            UseColor = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Error = Console.Error,
            ErrorIsTerminal = !Console.IsErrorRedirected,
        };
    }
}
