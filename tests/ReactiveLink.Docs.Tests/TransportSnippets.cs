using System.Globalization;
using System.Reactive.Linq;
using System.Text.RegularExpressions;

namespace ReactiveLink.Docs.Tests;

/// <summary>The package README's examples of the fast paths, each run once on loopback.</summary>
public sealed partial class TransportSnippets
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Options_of_a_busy_receiver()
    {
        var got = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        #region fast-receive
        await using var link = UdpLink.Open("127.0.0.1:0", options => options with
        {
            Transport = options.Transport with
            {
                ReceiveCoalescing = true,             // the default: take what the system has put together, and split it again
                ReceiveBufferSize = 16 * 1024 * 1024, // for longer bursts; a log line says if the system granted less
                ForceReceiveBuffer = true,            // beyond the system's limit, where the program may (CAP_NET_ADMIN)
                KernelTimestamps = true,              // ReceivedAt is when the system received it
                PromptKernelDrops = true,             // a kernel-drop fault comes right before the datagram that follows the drops
            },
        });
        #endregion

        using var messages = link.Messages.Subscribe(message => got.TrySetResult(message.DataAsText()));
        await using var sender = UdpLink.Connect(link.LocalEndpoint.ToString());
        await sender.SendAsync("hello");
        Assert.Equal("\"hello\"", await got.Task.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Borrowed_payloads()
    {
        const int Sent = 10;
        var sum = 0L;
        var logged = new List<byte[]>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Log(Datagram datagram)
        {
            logged.Add(datagram.ToArray());
            if (logged.Count == Sent)
            {
                done.TrySetResult();
            }
        }

        var isTest = true;

        #region borrowed
        using var transport = UdpTransport.Listen("127.0.0.1:0", options => options with
        {
            // In tests, overwrite each payload after OnNext: who kept one without a copy is found out.
            PayloadMemory = isTest ? PayloadMemory.BorrowedAndPoisoned : PayloadMemory.Borrowed,
        });
        using var total = transport.Datagrams.Subscribe(datagram => sum += datagram.Payload.Span[0]); // read at once: nothing is copied
        using var log = transport.Datagrams.Handle(Log);                                              // runs later: Handle copies for itself
        using var pairs = transport.Datagrams
            .Select(datagram => datagram.Keep()) // whoever else keeps one copies it first
            .Buffer(2)
            .Subscribe(pair => Console.WriteLine(pair[0].Payload.Length + pair[1].Payload.Length));
        transport.Start();
        #endregion

        using var client = UdpTransport.Connect(transport.LocalEndpoint.ToString());
        for (byte i = 1; i <= Sent; i++)
        {
            client.Send([i]);
        }

        await done.Task.WaitAsync(Deadline);
        Assert.Equal(Enumerable.Range(1, Sent), logged.Select(payload => (int)payload[0]).Order());
        Assert.Equal(Sent * (Sent + 1) / 2, sum);
    }

    [Fact]
    public async Task Batches()
    {
        await using var ground = UdpLink.Open("127.0.0.1:0");
        var got = new List<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var numbers = ground.Messages.DataAs<int>().Subscribe(message =>
        {
            got.Add(message.Data);
            if (got.Count == 100)
            {
                done.TrySetResult();
            }
        });
        await using var drone = UdpLink.Connect(ground.LocalEndpoint.ToString());
        var samples = Enumerable.Range(0, 100).ToArray();

        #region send-batch
        await drone.SendBatchAsync(samples, Priority.High);
        #endregion

        await done.Task.WaitAsync(Deadline);
        Assert.Equal(samples, got);
    }

    [Fact]
    public void Outgoing_datagrams()
    {
        using var receiver = UdpTransport.Listen("127.0.0.1:0");
        using var other = UdpTransport.Listen("127.0.0.1:0");
        var (first, second) = (receiver.LocalEndpoint, other.LocalEndpoint);
        using var transport = UdpTransport.Listen("127.0.0.1:0");
        var warnings = new List<string>();

        #region outgoing
        OutgoingDatagram[] batch = [new(new byte[] { 1, 2 }, first), new(new byte[] { 3, 4 }, first), new(new byte[] { 5 }, second)];
        for (var next = 0; next < batch.Length; next++)
        {
            // As many as went; then what the next one was refused for, and one goes on behind it.
            next += transport.Send(batch.AsSpan(next), out var refusal);
            if (refusal is not null)
            {
                warnings.Add($"{batch[next].Destination}: {refusal.Message}");
            }
        }
        #endregion

        Assert.Empty(warnings);
        Assert.Equal((3, 5), (transport.GetStatistics().DatagramsSent, transport.GetStatistics().BytesSent));
    }

    /// <summary>Rows of the README: | `Option` | `default` | what it does |.</summary>
    [Fact]
    public void The_table_has_the_defaults_of_the_options()
    {
        var readme = File.ReadAllText(Path.Combine(SnippetTests.Root, "src", "ReactiveLink", "README.md")).ReplaceLineEndings("\n");
        var start = readme.IndexOf("## Fast paths", StringComparison.Ordinal);
        var rows = Row().Matches(readme[start..readme.IndexOf("\n## ", start, StringComparison.Ordinal)]);
        var defaults = new UdpTransportOptions();

        Assert.Equal(
            ["PayloadMemory", "ReceiveCoalescing", "SendSegmentation", "KernelTimestamps", "PromptKernelDrops", "ReceiveBufferSize", "ForceReceiveBuffer", "MaximumDatagramSize", "Engine"],
            rows.Select(row => row.Groups["name"].Value));
        Assert.All(rows, row => Assert.Equal(
            Convert.ToString(typeof(UdpTransportOptions).GetProperty(row.Groups["name"].Value)!.GetValue(defaults), CultureInfo.InvariantCulture),
            row.Groups["value"].Value,
            ignoreCase: true));
    }

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| `(?<value>\w+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Row();
}
