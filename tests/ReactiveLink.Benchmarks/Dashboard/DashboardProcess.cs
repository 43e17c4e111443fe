using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace ReactiveLink.Benchmarks.Dashboard;

/// <summary>The dashboard as its user starts it, and real browsers that look at it. It tells its own CPU time and counts at <c>/metrics</c>.</summary>
internal sealed class DashboardProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new();
    private readonly List<Process> _browsers = [];
    private readonly List<string> _profiles = [];
    private readonly Process _process;
    private readonly string _url;
    private Reading _begin;

    private DashboardProcess(Process process, int port, string url)
    {
        _process = process;
        Port = port;
        _url = url;
    }

    public int Port { get; }

    public static async Task<DashboardProcess> StartAsync(ProcessorSet processors)
    {
        string path = Path.Combine(Metadata("RepositoryRoot"), "samples", "Dashboard", "bin", Metadata("Configuration"), "net10.0", "Dashboard.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", path, "--listen", "127.0.0.1:0", "--urls", "http://127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_TC_DelaySingleProcMultiplier"] = "1";
        var process = processors.Run(() => Process.Start(start)!);
        string link = await ReadLineAsync(process);
        string page = await ReadLineAsync(process);
        string endpoint = link.Split("listening at ")[1].Split(',')[0];
        return new DashboardProcess(process, int.Parse(endpoint.Split(':')[1], CultureInfo.InvariantCulture), page.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    /// <summary>Opens browsers, each a program of its own, and waits until all of them are connected.</summary>
    public async Task OpenBrowsersAsync(int count, ProcessorSet processors)
    {
        for (int i = 0; i < count; i++)
        {
            string profile = Directory.CreateTempSubdirectory("dashboard-browser").FullName;
            _profiles.Add(profile);
            var start = new ProcessStartInfo(
                "chromium",
                ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0", "--user-data-dir=" + profile, "--window-size=1280,900", _url])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            var browser = processors.Run(() => Start(start));
            browser.ErrorDataReceived += (_, _) => { };
            browser.BeginErrorReadLine();
            browser.OutputDataReceived += (_, _) => { };
            browser.BeginOutputReadLine();
            _browsers.Add(browser);
        }

        var watch = Stopwatch.StartNew();
        while ((await ReadAsync()).Browsers < count)
        {
            if (watch.Elapsed > Deadline)
            {
                throw new BenchmarkException($"Of {count} browsers only {(await ReadAsync()).Browsers} came.");
            }

            // Another process's figure, asked for over HTTP: there is no signal to wait on.
            await Task.Delay(100);
        }
    }

    public async Task BeginAsync() => _begin = await ReadAsync();

    public async Task<BenchSample> EndAsync()
    {
        var end = await ReadAsync();
        double received = end.Received - _begin.Received;
        double cpuNs = (end.CpuSeconds - _begin.CpuSeconds) * 1e9;
        return new BenchSample(
            received / Stopwatch.GetElapsedTime(_begin.Time, end.Time).TotalSeconds,
            cpuNs / received,
            (end.Allocated - _begin.Allocated) / received,
            (cpuNs - (end.ReceivingNs - _begin.ReceivingNs)) / received);
    }

    public void Dispose()
    {
        foreach (var process in _browsers.Append(_process))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        _http.Dispose();
        foreach (string profile in _profiles)
        {
            try
            {
                Directory.Delete(profile, recursive: true);
            }
            catch (IOException)
            {
                // The browser's last child still writes: it is in the folder for temporary files.
            }
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new BenchmarkException("There is no chromium on this machine: install Debian's package chromium.");
        }
    }

    private static async Task<string> ReadLineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync().WaitAsync(Deadline) ?? throw new BenchmarkException("The dashboard ended without a word.");

    private static string Metadata(string key) => typeof(DashboardProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;

    private async Task<Reading> ReadAsync()
    {
        var lines = (await _http.GetStringAsync(_url + "/metrics")).Split('\n');
        double Value(string name) => double.Parse(
            lines.First(line => line.StartsWith(name + " ", StringComparison.Ordinal)).AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
        return new Reading(
            Value("reactivelink_datagrams_delivered_total"),
            Value("process_cpu_seconds_total"),
            Value("process_allocated_bytes_total"),
            Value("dashboard_browsers"),
            ReceiveThread.ReadCpuNs(_process.Id.ToString(CultureInfo.InvariantCulture)),
            Stopwatch.GetTimestamp());
    }

    private readonly record struct Reading(double Received, double CpuSeconds, double Allocated, double Browsers, long ReceivingNs, long Time);
}
