using System.Buffers;
using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Text;
using ReactiveLink.Tool.Output;

namespace ReactiveLink.Tool.Tests;

/// <summary>A transport whose datagrams and failures come from the test.</summary>
internal sealed class FakeTransport(IScheduler scheduler) : IDatagramTransport
{
    private readonly Subject<Datagram> _datagrams = new();
    private readonly Subject<Fault> _faults = new();
    private readonly IStopwatch _clock = scheduler.StartStopwatch();

    public static UdpEndpoint Peer { get; } = new(IPAddress.Loopback, 40000);

    public Func<byte[], Exception?> OnSend { get; init; } = _ => null;

    public List<byte[]> Sent { get; } = [];

    public TaskCompletionSource Started { get; } = new();

    public IObservable<Datagram> Datagrams => _datagrams;

    public IObservable<Fault> Faults => _faults;

    public IObservable<ConnectionState> State => Observable.Never<ConnectionState>();

    public ConnectionState CurrentState => ConnectionState.Connected;

    public UdpEndpoint LocalEndpoint { get; } = new(IPAddress.Loopback, 9000);

    public UdpEndpoint? RemoteEndpoint => Peer;

    public int MaximumPayloadSize => 1000;

    public IScheduler Scheduler => scheduler;

    public void Start() => Started.TrySetResult();

    public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null)
    {
        if (OnSend(payload.ToArray()) is { } failure)
        {
            throw failure;
        }

        Sent.Add(payload.ToArray());
    }

    public void Receive(ReadOnlySpan<byte> payload, UdpEndpoint? from = null) =>
        _datagrams.OnNext(new Datagram(payload.ToArray(), from ?? Peer, scheduler.Now, _clock.Elapsed));

    public void Raise(Fault fault) => _faults.OnNext(fault);

    public void Fail(Exception error) => _datagrams.OnError(error);

    public TransportStatistics GetStatistics() => new(DatagramLedger.Empty, 0, 0, 0, 0, 0, 0);

    public void Dispose() => _datagrams.OnCompleted();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}

/// <summary>A process's surroundings in memory.</summary>
internal sealed class FakeProcess
{
    private readonly ArrayBufferWriter<byte> _output = new();

    public FakeProcess(IScheduler? scheduler = null, FakeTransport? transport = null, string input = "")
    {
        Transport = transport ?? new FakeTransport(scheduler ?? DefaultScheduler.Instance);
        Environment = new ToolEnvironment
        {
            Input = new MemoryStream(Encoding.UTF8.GetBytes(input)),
            Output = new Sink(_output),
            OutputText = OutputText,
            Error = Error,
            Scheduler = scheduler ?? DefaultScheduler.Instance,
            OpenTransport = _ => Transport,
        };
    }

    public FakeTransport Transport { get; }

    public ToolEnvironment Environment { get; set; }

    public StringWriter OutputText { get; } = new();

    public StringWriter Error { get; } = new();

    public string Output
    {
        get
        {
            lock (_output)
            {
                return Encoding.UTF8.GetString(_output.WrittenSpan);
            }
        }
    }

    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Task<int> RunAsync(params string[] arguments) => ToolCommand.RunAsync(arguments, Environment, CancellationToken.None);

    private sealed class Sink(ArrayBufferWriter<byte> output) : IByteSink
    {
        public bool Write(ReadOnlySpan<byte> bytes)
        {
            lock (output)
            {
                output.Write(bytes);
            }

            return true;
        }
    }
}
