namespace ReactiveLink.Tool.Tests;

/// <summary>A name for a file, and no trace of it afterwards.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"reactivelink-{Guid.NewGuid():N}.pcapng");

    public void Dispose() => File.Delete(Path);
}
