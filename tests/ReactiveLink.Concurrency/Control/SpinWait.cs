namespace ReactiveLink.Concurrency.Control;

/// <summary>Who spins waits for another: the others go first.</summary>
internal struct SpinWait
{
    private System.Threading.SpinWait _real;

    public void SpinOnce()
    {
        if (Interleave.Current is { } thread)
        {
            thread.Controller.Step("SpinOnce", isYielding: true);
        }
        else
        {
            _real.SpinOnce();
        }
    }
}
