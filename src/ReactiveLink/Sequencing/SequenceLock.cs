namespace ReactiveLink.Sequencing;

/// <summary>
/// A version counter that lets any thread read several fields as one while a single thread writes them: odd while a write is under way.
/// A reader tries again where it changed meanwhile; the writer never waits. (H.-J. Boehm, "Can seqlocks get along with programming language memory
/// models?", MSPC 2012.)
/// </summary>
internal struct SequenceLock
{
    private uint _version;

    public void BeginWrite()
    {
        _version++;
        Volatile.WriteBarrier();
    }

    public void EndWrite() => Volatile.Write(ref _version, _version + 1);

    /// <summary>Waits out a write under way.</summary>
    /// <returns>The version to give to <see cref="IsUnchanged"/>.</returns>
    public readonly uint BeginRead()
    {
        var spin = default(SpinWait);
        uint version;
        while (((version = Volatile.Read(in _version)) & 1) != 0)
        {
            spin.SpinOnce();
        }

        return version;
    }

    /// <summary>Whether what was read since <see cref="BeginRead"/> belongs together.</summary>
    public readonly bool IsUnchanged(uint version)
    {
        Volatile.ReadBarrier();
        return Volatile.Read(in _version) == version;
    }
}
