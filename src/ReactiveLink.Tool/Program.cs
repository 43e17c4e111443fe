using System.Runtime.InteropServices;
using ReactiveLink.Tool;

using var stop = new CancellationTokenSource();

// The first signal ends the command with its summary; a second one ends the process at once, should the summary hang on a blocked pipe.
void Stop(PosixSignalContext context)
{
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

IgnoredInterrupt.Undo();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await ToolCommand.RunAsync(args, ToolEnvironment.OfProcess(), stop.Token).ConfigureAwait(false);
