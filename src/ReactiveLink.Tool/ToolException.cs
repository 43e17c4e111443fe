namespace ReactiveLink.Tool;

/// <summary>Ends the command with one line on stderr; never a stack trace.</summary>
internal sealed class ToolException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>Arguments, a port or an input line that the user must change.</summary>
    public static ToolException Usage(string message, Exception? inner = null) => new(ExitCodes.Usage, message, inner);

    /// <summary>A failure while running.</summary>
    public static ToolException Failure(string message, Exception? inner = null) => new(ExitCodes.Failure, message, inner);
}

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    public const int Failure = 1;

    public const int Usage = 2;
}
