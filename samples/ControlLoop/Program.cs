// A controller keeps an inverted pendulum upright over two UDP links that lose, delay and reorder: in virtual time, or on real sockets.
using System.Text;
using ControlLoop;
using ReactiveLink.Samples;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
return await SampleCommand.RunAsync(LoopCommand.Create(RunAsync), args);

static async Task<int> RunAsync(LoopSettings settings, CancellationToken stop)
{
    Console.WriteLine(Report.Head(settings));
    var run = settings.Real
        ? LoopRun.OnLoopbackAsync(settings, Console.WriteLine)
        : Task.Run(() => LoopRun.InVirtualTime(settings, Console.WriteLine));
    var result = await run.WaitAsync(stop);

    var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
    var colors = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    var width = terminal ? Math.Clamp(Console.WindowWidth, 40, 160) : 110;
    Console.WriteLine();
    foreach (var line in Report.Lines(result, width, colors))
    {
        Console.WriteLine(line);
    }

    return result.Fall is null ? 0 : 1;
}
