namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>A name for a file, and no trace of it afterwards.</summary>
internal sealed class TemporaryFile(string extension = "pcapng") : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"reactivelink-{Guid.NewGuid():N}.{extension}");

    public void Dispose() => File.Delete(Path);
}
