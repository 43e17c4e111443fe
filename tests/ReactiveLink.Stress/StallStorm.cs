namespace ReactiveLink.Stress;

/// <summary>A worker that stalls on purpose, so that the watchdog is seen at work.</summary>
internal sealed class StallStorm(Watchdog watchdog) : Storm(watchdog)
{
    private readonly ManualResetEventSlim _never = new();

    public override string Summary => "a stall that the watchdog did not see";

    protected override void Begin() => Repeat("staller", StallForever);

    protected override void Finish() => _never.Dispose();

    private void StallForever(Worker worker)
    {
        worker.Step("stall");
        _never.Wait();
    }
}
