namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>A stream that takes some bytes, then fails.</summary>
internal sealed class BrokenStream(long failAfter, bool failOnFlush = false) : MemoryStream
{
    public int Disposals { get; private set; }

    public override int Read(byte[] buffer, int offset, int count) => throw new IOException("the disk is gone");

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Position + count > failAfter)
        {
            throw new IOException("the disk is full");
        }

        base.Write(buffer, offset, count);
    }

    public override void Flush()
    {
        if (failOnFlush)
        {
            throw new IOException("the disk is full");
        }
    }

    protected override void Dispose(bool disposing)
    {
        Disposals++;
        base.Dispose(disposing);
    }
}
