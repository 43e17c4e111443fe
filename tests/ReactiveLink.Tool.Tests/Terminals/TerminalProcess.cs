using System.Text;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Terminals;

/// <summary>The tool on a pseudo-terminal of the system, and what that terminal shows.</summary>
internal sealed class TerminalProcess : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "terminal.py");

    private readonly ChildProcess _process;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    private TerminalProcess(ChildProcess process, int columns, int rows)
    {
        _process = process;
        Screen = new TerminalScreen(columns, rows);
    }

    public TerminalScreen Screen { get; }

    /// <summary>Starts the tool.</summary>
    /// <param name="columns">Of the terminal.</param>
    /// <param name="rows">Of the terminal.</param>
    /// <param name="environment">Set for the tool, as <c>NAME=value</c>.</param>
    /// <param name="arguments">Of the tool.</param>
    /// <returns>The running tool.</returns>
    public static TerminalProcess Start(int columns, int rows, string[] environment, params IEnumerable<string> arguments) => new(
        OriginalPeer.StartScript(
            Script, [$"{columns}", $"{rows}", "env", "-u", "NO_COLOR", "TERM=xterm-256color", .. environment, .. ToolProcess.CommandLine, .. arguments]),
        columns,
        rows);

    /// <summary>Follows the output until a whole drawing shows what is asked for.</summary>
    public Task WaitForAsync(Func<TerminalScreen, bool> condition, string what) => Deadline.Within(FollowAsync(screen => screen.IsComplete && condition(screen)), what);

    /// <summary>Presses keys.</summary>
    /// <param name="keys">As Python would write them: <c>\x03</c> is Ctrl+C.</param>
    /// <returns>When they are on their way.</returns>
    public Task TypeAsync(string keys) => OrderAsync("type " + keys);

    public async Task ResizeAsync(int columns, int rows)
    {
        Screen.Resize(columns, rows);
        await OrderAsync($"resize {columns} {rows}");
    }

    /// <summary>Follows the output to its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForEndAsync()
    {
        await Deadline.Within(FollowAsync(_ => false), "the end of the output");
        var (exitCode, error) = await _process.WaitAsync();
        Assert.Equal("", error);
        return exitCode;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task OrderAsync(string line)
    {
        await _process.Input.WriteAsync(line + "\n");
        await _process.Input.FlushAsync();
    }

    private async Task FollowAsync(Func<TerminalScreen, bool> condition)
    {
        var bytes = new byte[4096];
        var characters = new char[4096];
        while (!condition(Screen))
        {
            var read = await _process.Output.ReadAsync(bytes);
            if (read == 0)
            {
                return;
            }

            Screen.Write(new string(characters, 0, _decoder.GetChars(bytes, 0, read, characters, 0)));
        }
    }
}
