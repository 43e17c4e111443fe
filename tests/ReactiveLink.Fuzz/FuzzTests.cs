namespace ReactiveLink.Fuzz;

/// <summary>A few inputs of every target; the program runs as many as wanted.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 100_000;

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_escapes(string target)
    {
        var report = new FuzzRun(FuzzTargets.Find(target)!, seed: 2).Run(first: 0, Inputs, workers: 2);

        Assert.True(report.Finding is null, $"{target} {report.Finding?.Index}: {report.Finding?.Error}\n{Convert.ToHexString(report.Finding?.Input ?? [])}");
        Assert.Equal(Inputs, report.Inputs);

        // The inputs are neither all refused at the door nor harmless.
        Assert.InRange(report.Accepted, Inputs / 20, Inputs - (Inputs / 20));
    }
}
