using System.CommandLine;
using System.Globalization;

namespace ReactiveLink.Benchmarks.Peers;

/// <summary>
/// What a datagram costs a link with CRC and sequence when it comes from 1, 100, 10,000 or 100,000 peers in turn, and what a peer costs in memory. The peers are
/// real: the C generator sends from as many source addresses of 127.0.0.0/8, each with its own sequence, unsegmented.
/// </summary>
internal static class PeersBenchmark
{
    private const int Size = 64;

    private static readonly int[] Counts = [1, 100, 10_000, 100_000];

    public static Command CreateCommand() => BenchOptions.CreateCommand(
        "peers", "What a datagram costs with many peers, and a peer in memory.", RunAsync);

    public static async Task RunAsync(BenchOptions options)
    {
        string program = NativeTools.Compile("generate")
            ?? throw new BenchmarkException("The peers benchmark needs Linux and a C compiler: the generator gives every peer an address of its own.");
        var (generator, measured) = ProcessorSet.Split(pin: true);
        var samples = Counts.ToDictionary(count => count, _ => new List<BenchSample>());
        var heaps = Counts.ToDictionary(count => count, _ => new List<double>());
        foreach (int peers in Rounds.Turns(Counts, options.Rounds))
        {
            using var receiver = ChildProcess.Start(PeersReceiver.Command, measured);
            string port = (await receiver.AnswerAsync())["port"].ToString(CultureInfo.InvariantCulture);
            using var load = ChildProcess.Start(
                [program, port, "--size", Text(Size), "--segments", "1", "--peers", Text(peers)], generator);
            await ArrivalAsync(receiver, peers);

            // Windows of real time: there is nothing to wait for but their end.
            await Task.Delay(options.WarmUp);
            receiver.Tell("begin");
            await Task.Delay(options.Window);
            receiver.Tell("end");
            var answer = await receiver.AnswerAsync();
            samples[peers].Add(Measurement.Sample(answer, "received"));
            heaps[peers].Add(answer["heap"]);
        }

        // What the link keeps anyhow (buffers, slabs) is in the growth with one peer.
        double fixedHeap = Rounds.Median(heaps[1]);
        var results = Counts.Select(peers => BenchResult.Of(
            "peers",
            peers.ToString("#,0", CultureInfo.InvariantCulture) + (peers == 1 ? " peer" : " peers"),
            Size,
            gro: false,
            [.. samples[peers].Select(sample => sample with { Others = [(Rounds.Median(heaps[peers]) - fixedHeap) / peers] })],
            "bytesPerPeer")).ToArray();
        await BenchResult.WriteAsync(
            results, options.Json, ("CPU / 1 peer", result => BenchResult.Text(result.Median.CpuNsPer / results[0].Median.CpuNsPer, "0.00")));
    }

    private static async Task ArrivalAsync(ChildProcess receiver, int peers)
    {
        receiver.Tell(PeersReceiver.AwaitPeers + Text(peers));
        long come = (await receiver.AnswerAsync())["peers"];
        if (come < peers)
        {
            throw new BenchmarkException($"Of {peers} peers only {come} came.");
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
