using System.Diagnostics;
using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Strategies;

namespace ReactiveLink.Concurrency.Exploring;

/// <summary>
/// Runs histories of a part in blocks. A block is repeated by its number: every eighth draws small programs and runs all schedules of up to two preemptions of each, the
/// others draw a program and a schedule for each history.
/// </summary>
internal sealed class Explorer(int seed)
{
    public const int MaximumThreads = 6;

    private const int BlockSize = 1000;
    private const int SearchEvery = 8;
    private const int Preemptions = 2;

    private readonly Controller _controller = new(MaximumThreads);
    private readonly Linearizability _checker = new();
    private long _steps;

    /// <summary>Runs at least so many histories, or one block.</summary>
    /// <returns>Whether all were as they must be.</returns>
    public bool Explore(Part part, long histories, int? onlyBlock)
    {
        var watch = Stopwatch.StartNew();
        long done = 0;
        long searched = 0;
        for (var block = onlyBlock ?? 0; done < histories; block++)
        {
            var random = new Random(Seed(part, block));
            var (ran, failure) = block % SearchEvery == 0 ? Search(part, random) : Sample(part, random);
            done += ran;
            searched += block % SearchEvery == 0 ? ran : 0;
            if (failure is not null)
            {
                Console.WriteLine($"{part.Name}: FAILED in history {done}");
                Console.WriteLine(failure);
                Console.WriteLine($"To repeat: dotnet run -c Release --project tests/ReactiveLink.Concurrency -- --part {part.Name} --seed {seed} --block {block}");
                return false;
            }

            if (onlyBlock is not null)
            {
                break;
            }
        }

        Console.WriteLine(string.Create(null, stackalloc char[256],
            $"{part.Name,-20} {done,9:N0} histories ({searched:N0} of them schedules of a whole search), {(double)_steps / done,5:0} steps each, {watch.Elapsed.TotalSeconds,6:0.0} s: ok"));
        _steps = 0;
        return true;
    }

    private int Seed(Part part, int block)
    {
        var mixed = (uint)seed;
        foreach (var letter in part.Name)
        {
            mixed = (mixed ^ letter) * 16777619;
        }

        return (int)(((mixed ^ (uint)block) * 2654435761) >> 1);
    }

    private (int Ran, string? Failure) Search(Part part, Random random)
    {
        var ran = 0;
        while (ran < BlockSize)
        {
            var program = random.Next();
            var search = new BoundedSearch(Preemptions);
            while (!search.IsExhausted && ran < BlockSize)
            {
                search.Begin();
                _controller.Begin();
                ran++;
                if (Run(part.Create(_controller, new Random(program), true), search) is { } failure)
                {
                    return (ran, failure);
                }

                search.Advance();
            }
        }

        return (ran, null);
    }

    private (int Ran, string? Failure) Sample(Part part, Random random)
    {
        var expected = 32;
        for (var i = 0; i < BlockSize; i++)
        {
            _controller.Begin();
            var scenario = part.Create(_controller, random, random.Next(4) == 0);
            IStrategy strategy = random.Next(10) < 6
                ? new PriorityStrategy(random, MaximumThreads, expected, random.Next(1, 5))
                : new RandomWalk(random, random.Next(3) switch { 0 => 0.05, 1 => 0.2, _ => 0.5 });
            if (Run(scenario, strategy) is { } failure)
            {
                return (i + 1, failure);
            }

            // As long as histories of this part mostly are: a change of priority after the end is wasted.
            expected = ((expected * 7) + _controller.Steps + 7) / 8;
        }

        return (BlockSize, null);
    }

    private string? Run(Scenario scenario, IStrategy strategy)
    {
        var failure = _controller.Run(scenario.Bodies(), strategy, scenario.Poll);
        _steps += _controller.Steps;
        if (failure is null)
        {
            scenario.Poll();
            scenario.Finish();
            failure = scenario.Breach;
        }

        if (failure is null && scenario.Checks.Any(check => !_checker.Check(check.Effects, check.Model)))
        {
            failure = "No order of the calls explains the results. The longest that does some of it: " + string.Join("; ", _checker.Longest);
        }

        return failure is null ? null : failure + Environment.NewLine + Timeline.Of(scenario.Effects, _controller.Switches);
    }
}
