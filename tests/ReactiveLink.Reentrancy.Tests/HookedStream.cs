namespace ReactiveLink.Reentrancy.Tests;

/// <summary>A stream of the user's: writing to it and disposing of it call the hooks.</summary>
internal sealed class HookedStream(Hooks hooks) : MemoryStream
{
    public override void Write(byte[] buffer, int offset, int count)
    {
        hooks.In(Callback.Stream);
        base.Write(buffer, offset, count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        hooks.In(Callback.Stream);
        base.Write(buffer);
    }

    public override void Flush()
    {
        hooks.In(Callback.Stream);
        base.Flush();
    }
}
