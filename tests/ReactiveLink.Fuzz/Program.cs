using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ReactiveLink.Fuzz;

var target = new Option<string>("--target") { Description = "One of: " + string.Join(", ", FuzzTargets.Names) + ", or all.", DefaultValueFactory = _ => "all" };
var inputs = new Option<long>("--inputs") { Description = "How many inputs for each target.", DefaultValueFactory = _ => 100_000 };
var seed = new Option<ulong>("--seed") { Description = "The seed: the same gives the same inputs.", DefaultValueFactory = _ => 1 };
var first = new Option<long>("--first") { Description = "The number of the first input.", DefaultValueFactory = _ => 0 };
var hex = new Option<string?>("--input") { Description = "Checks this input alone, in hexadecimal digits." };
var workers = new Option<int>("--workers") { Description = "Threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
var command = new RootCommand("Feeds mutated inputs to every parser of untrusted bytes.") { target, inputs, seed, first, hex, workers };
target.AcceptOnlyFromAmong([.. FuzzTargets.Names, "all"]);

command.SetAction(parsed =>
{
    var name = parsed.GetValue(target)!;
    var makers = FuzzTargets.All.Where(make => name == "all" || make().Name == name);
    if (parsed.GetValue(hex) is { } digits)
    {
        return makers.All(make => Replay(make, Convert.FromHexString(digits))) ? 0 : 1;
    }

    return makers.ToList().TrueForAll(make => Run(make, parsed)) ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();

bool Run(Func<FuzzTarget> make, ParseResult parsed)
{
    var (name, count, number) = (make().Name, parsed.GetValue(inputs), parsed.GetValue(seed));
    var lastTold = Stopwatch.GetTimestamp();
    var report = new FuzzRun(make, number).Run(parsed.GetValue(first), count, parsed.GetValue(workers), done =>
    {
        if (Stopwatch.GetElapsedTime(lastTold) >= TimeSpan.FromSeconds(30))
        {
            lastTold = Stopwatch.GetTimestamp();
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {done} of {count}"));
        }
    });
    if (report.Finding is { } finding)
    {
        Tell(make, finding, number);
        return false;
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {report.Inputs} inputs from {parsed.GetValue(first)}, seed {number}: no finding; {100.0 * report.Accepted / Math.Max(1, report.Inputs):0.0} % taken, "
        + $"{(double)report.Bytes / Math.Max(1, report.Inputs):0} bytes each, slowest {report.Slowest.TotalMilliseconds:0.00} ms, {report.Elapsed.TotalSeconds:0} s"));
    return true;
}

bool Replay(Func<FuzzTarget> make, byte[] input)
{
    var worker = new FuzzWorker(make());
    if (worker.Check(input, index: -1) is { } finding)
    {
        Console.WriteLine($"{make().Name}: {finding.Error}");
        return false;
    }

    Console.WriteLine($"{make().Name}: no finding; {(worker.Accepted == 1 ? "taken" : "refused")}");
    return true;
}

void Tell(Func<FuzzTarget> make, Finding finding, ulong number)
{
    const string Command = "dotnet run -c Release --project tests/ReactiveLink.Fuzz --";
    var name = make().Name;
    Console.WriteLine($"{name}: FINDING at input {finding.Index}, seed {number}: {finding.Error}");
    Console.WriteLine($"input: {Digits(finding.Input)}");
    Console.WriteLine($"again: {Command} --target {name} --seed {number} --first {finding.Index} --inputs 1");
    if (finding.Error == FuzzRun.NotDone)
    {
        return;
    }

    var shorter = Shrinking.Shrink(make(), finding);
    Console.WriteLine($"shorter: {Command} --target {name} --input {Digits(shorter.Input)}");
    Console.WriteLine($"which gives: {shorter.Error}");
}

// What no command line holds is made again from its seed and number.
string Digits(byte[] input) => input.Length <= 50_000 ? Convert.ToHexString(input) : $"({input.Length} bytes)";
