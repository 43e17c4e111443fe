using System.Net;
using System.Reactive.Linq;
using ReactiveLink.Metrics.Tests;
using ReactiveLink.Testing;

namespace ReactiveLink.Endurance.Tests.Clock;

/// <summary>A capture file of 100 datagrams, one every two seconds.</summary>
internal static class CaptureCase
{
    private static readonly UdpEndpoint Remote = new(IPAddress.Parse("192.0.2.1"), 4000);
    private static readonly Lazy<byte[]> Content = new(Write);

    public static IObservable<string> Read(SteppedScheduler scheduler) =>
        CaptureFile.Read(() => new MemoryStream(Content.Value), scheduler: scheduler).Select(d => $"{d.Payload.Span[0]} {(d.ReceivedAt - ClockBench.Begin).Ticks}");

    public static IObservable<string> Replay(SteppedScheduler scheduler) => Observable.Using(
        () => new TemporaryCapture(Content.Value),
        file => CaptureFile.Replay(file.Path, scheduler: scheduler).Select(d => $"{d.Payload.Span[0]}"));

    private static byte[] Write()
    {
        using var stream = new MemoryStream();
        Enumerable.Range(0, 100)
            .Select(i => new Datagram(new[] { (byte)i }, Remote, ClockBench.Begin.AddSeconds(2 * i), TimeSpan.FromSeconds(2 * i)))
            .ToObservable()
            .WriteCapture(stream, new UdpEndpoint(IPAddress.Parse("192.0.2.2"), 9000))
            .LastAsync()
            .Wait();
        return stream.ToArray();
    }

    private sealed class TemporaryCapture : IDisposable
    {
        public TemporaryCapture(byte[] content) => File.WriteAllBytes(Path, content);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
