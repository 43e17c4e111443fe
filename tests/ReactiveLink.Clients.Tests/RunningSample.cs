using System.Globalization;
using System.Text.RegularExpressions;

namespace ReactiveLink.Clients.Tests;

/// <summary>A sample that serves in a process of its own, on ports that the system chose.</summary>
internal sealed class RunningSample : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = Deadline.Time };

    /// <summary>In the line that says where it listens, the first address.</summary>
    private static readonly Regex PortPattern = new(@"127\.0\.0\.1:(?<port>\d+)", RegexOptions.ExplicitCapture, Deadline.Time);

    private readonly ChildProcess _process;

    private RunningSample(ChildProcess process, string listening)
    {
        _process = process;
        Port = PortPattern.Match(listening).Groups["port"].Value;
        Metrics = listening.Split(' ')[^1] is var last && last.StartsWith("http", StringComparison.Ordinal) ? new Uri(last) : null;
    }

    /// <summary>Where it takes datagrams.</summary>
    public string Port { get; }

    /// <summary>Where its exposition is, if it has one.</summary>
    public Uri? Metrics { get; }

    public static async Task<RunningSample> StartAsync(string name, params string[] arguments)
    {
        // It ends by itself even if the test's process is killed.
        var process = ChildProcess.Start("dotnet", ["exec", Sample.PathOf(name), "--listen", "127.0.0.1:0", "--for", "120", .. arguments]);
        try
        {
            return new RunningSample(process, await process.ReadLineAsync() ?? throw new InvalidOperationException("It ended: " + (await process.WaitAsync()).Error));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async Task<string> ReadLineAsync() => await _process.ReadLineAsync() ?? throw new InvalidOperationException("It ended: " + (await _process.WaitAsync()).Error);

    /// <summary>The exposition now, by series.</summary>
    public async Task<Dictionary<string, double>> ReadMetricsAsync() => (await Http.GetStringAsync(Metrics)).Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => (Line: line, Space: line.LastIndexOf(' ')))
        .ToDictionary(x => x.Line[..x.Space], x => double.Parse(x.Line[(x.Space + 1)..], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
