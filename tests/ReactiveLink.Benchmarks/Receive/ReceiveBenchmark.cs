using System.Globalization;

namespace ReactiveLink.Benchmarks.Receive;

/// <summary>
/// Flat-out (or paced) traffic from a generator process to one contestant at a time, each in a process of its own. All stand ready throughout, are warmed up once, and take
/// many short turns one after the other, so that what disturbs the machine for a second falls on all alike.
/// </summary>
internal sealed class ReceiveBenchmark
{
    /// <summary>SO_RCVBUF of every contestant.</summary>
    public const int ReceiveBufferBytes = 4 << 20;

    private const int TurnsPerRound = 4;

    // From the first datagram on: the generator is at its speed, and the receiver's buffer as full as it gets.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.1);

    private readonly ReceiveOptions _options;
    private readonly LoadGenerator _generator;
    private readonly ProcessorSet _measured;
    private readonly IReadOnlyList<Contender> _contenders;

    public ReceiveBenchmark(ReceiveOptions options)
    {
        _options = options;
        (var generator, _measured) = ProcessorSet.Split(options.Pin);
        _generator = new LoadGenerator(options.Portable, generator);
        _contenders = [.. Baselines().Concat(ReceiveContestants.All.Select(contestant => new Contender(
            contestant.Name, contestant.Gro, options.Envelope || contestant.Envelope, ReceiverHost.CommandFor(contestant))))
            .Where(contender => options.Only.Count == 0 || options.Only.Contains(contender.Name, StringComparer.OrdinalIgnoreCase))];
        if (_contenders.Count == 0)
        {
            throw new BenchmarkException("The contestants asked for need a C compiler.");
        }
    }

    /// <summary>Runs every round; one result per contestant, in their order.</summary>
    public async Task<IReadOnlyList<ReceiveResult>> RunAsync()
    {
        var samples = _contenders.ToDictionary(contender => contender, _ => new List<ReceiveSample>());
        var receivers = new Dictionary<Contender, ChildProcess>();
        var ports = new Dictionary<Contender, int>();
        try
        {
            foreach (var contender in _contenders)
            {
                receivers.Add(contender, ChildProcess.Start(contender.Command, _measured));
                ports.Add(contender, (int)(await receivers[contender].AnswerAsync())["port"]);
                await MeasureAsync(contender, receivers[contender], ports[contender], _options.WarmUp);
            }

            foreach (var contender in Rounds.Turns(_contenders, _options.Rounds * TurnsPerRound))
            {
                samples[contender].Add(await MeasureAsync(contender, receivers[contender], ports[contender], _options.Window / TurnsPerRound));
            }
        }
        finally
        {
            foreach (var receiver in receivers.Values)
            {
                receiver.Dispose();
            }
        }

        return [.. _contenders.Select(contender => ReceiveResult.Of(contender.Name, LoadFor(contender).Size, contender.Gro, samples[contender]))];
    }

    private async Task<ReceiveSample> MeasureAsync(Contender contender, ChildProcess receiver, int port, TimeSpan length)
    {
        using var generator = _generator.Start(port, LoadFor(contender));

        // Windows of real time: there is nothing to wait for but their end.
        await Task.Delay(Settling);
        receiver.Tell("begin");
        await Task.Delay(length);
        receiver.Tell("end");
        var window = await receiver.AnswerAsync();
        generator.CloseInput();
        var load = await generator.AnswerAsync();
        if (window["received"] == 0)
        {
            throw new BenchmarkException($"{contender.Name} received nothing.");
        }

        return new ReceiveSample(
            PerSecond: window["received"] * 1e9 / window["elapsedNs"],
            CpuNsPer: (double)window["cpuNs"] / window["received"],
            BytesPer: (double)window["allocated"] / window["received"],
            SentPerSecond: load["sent"] * 1e9 / load["elapsedNs"]);
    }

    private Load LoadFor(Contender contender) =>
        contender.Envelope ? Load.Envelopes(_options.Rate) : new Load(_options.Size, Rate: _options.Rate);

    private IEnumerable<Contender> Baselines()
    {
        if (_options.Portable || NativeTools.Compile("receive") is not { } program)
        {
            return [];
        }

        string largest = Math.Max(2048, _options.Size).ToString(CultureInfo.InvariantCulture);
        string buffer = ReceiveBufferBytes.ToString(CultureInfo.InvariantCulture);
        return
        [
            new Contender(ReceiveContestants.BaselineBatched, Gro: false, _options.Envelope, [program, "mmsg", largest, buffer]),
            new Contender(ReceiveContestants.BaselineCoalesced, Gro: true, _options.Envelope, [program, "gro", largest, buffer]),
        ];
    }

    private sealed record Contender(string Name, bool Gro, bool Envelope, IReadOnlyList<string> Command);
}
