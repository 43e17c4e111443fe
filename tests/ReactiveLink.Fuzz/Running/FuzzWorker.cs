namespace ReactiveLink.Fuzz;

/// <summary>Checks inputs one after the other, each within its time and memory.</summary>
internal sealed class FuzzWorker(FuzzTarget target)
{
    /// <summary>The most time that one input may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(10);

    private const int Retries = 3;

    // Well below the limit, so that the slowest of a run is an input and not a busy machine.
    private static readonly TimeSpan Suspicious = Limit / 8;

    private long _begun;
    private byte[] _input = [];
    private long _index;

    public long Inputs { get; private set; }

    public long Accepted { get; private set; }

    public long Bytes { get; private set; }

    public TimeSpan Slowest { get; private set; }

    /// <summary>The input that is checked now. On any thread.</summary>
    public Finding Now(string error) => new(_index, _input, error);

    /// <summary>Inputs begun. On any thread.</summary>
    public long Begun => Volatile.Read(ref _begun);

    /// <summary>The input of a number.</summary>
    public byte[] Generate(ulong seed, long index) => target.Generate(new SeededRandom(new SeededRandom(seed).NextUInt64() + (ulong)index));

    /// <summary>Makes and checks the input of a number.</summary>
    /// <returns>The finding, if it is one.</returns>
    public Finding? Check(ulong seed, long index) => Check(Generate(seed, index), index);

    /// <summary>Checks an input. One that is slow is tried again: the least time counts, so that a busy machine is no finding.</summary>
    /// <returns>The finding, if it is one.</returns>
    public Finding? Check(byte[] input, long index)
    {
        (_input, _index) = (input, index);
        Interlocked.Increment(ref _begun);
        var least = TimeSpan.MaxValue;
        for (var trial = 0; trial <= Retries && least > Suspicious; trial++)
        {
            var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            var start = ThreadClock.Now;
            bool accepted;
            try
            {
                accepted = target.Check(input);
            }
            catch (Exception exception)
            {
                return new Finding(index, input, exception.ToString());
            }

            var elapsed = ThreadClock.Now - start;
            least = elapsed < least ? elapsed : least;
            var allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            if (allocated > target.MaximumAllocation(input.Length))
            {
                return new Finding(index, input, $"It allocates {allocated} bytes; at most {target.MaximumAllocation(input.Length)} for {input.Length}.");
            }

            if (trial == 0)
            {
                Inputs++;
                Bytes += input.Length;
                Accepted += accepted ? 1 : 0;
            }
        }

        Slowest = least > Slowest ? least : Slowest;
        return least > Limit ? new Finding(index, input, $"It takes {least.TotalMilliseconds:0.0} ms, the least of {Retries + 1} trials.") : null;
    }
}
