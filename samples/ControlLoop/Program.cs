// A controller keeps an inverted pendulum upright over two UDP links that lose, delay and reorder: in virtual time, or on real sockets.
using System.Globalization;
using System.Text;
using ControlLoop;
using ReactiveLink.Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
LoopSettings? settings;
try
{
    settings = LoopArguments.Parse(args);
}
catch (CommandLineException exception)
{
    Console.Error.WriteLine($"ControlLoop: {exception.Message}");
    return 2;
}

if (settings is null)
{
    Console.WriteLine(LoopArguments.Help);
    return 0;
}

var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
var colors = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
var width = terminal ? Math.Clamp(Console.WindowWidth, 40, 160) : 110;

Console.WriteLine(Report.Head(settings));
var result = settings.Real ? await LoopRun.OnLoopbackAsync(settings, Console.WriteLine) : LoopRun.InVirtualTime(settings, Console.WriteLine);
Console.WriteLine();
foreach (var line in Report.Lines(result, width, colors))
{
    Console.WriteLine(line);
}

return result.Fall is null ? 0 : 1;
