using System.CommandLine;
using System.Diagnostics;
using System.Net.Sockets;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Samples.Tests;

public sealed class SampleCommandTests
{
    public static TheoryData<string, string[]> Mistakes => new()
    {
        { "Unrecognized command or argument '--bogus'. Unrecognized command or argument '5'.", ["--bogus", "5"] },
        { "Unrecognized command or argument '--some'.", ["--some"] },
        { "Unrecognized command or argument '@file'.", ["@file"] },
        { "Unrecognized argument '[diagram]'.", ["[diagram]"] },
        { "Required argument missing for option: '--share'.", ["--share"] },
        { "Option '--share' expects a single argument but 2 were provided.", ["--share", "0", "--share", "1"] },
        { "--share must be from 0 to 1.5, and is '1.6'.", ["--share", "1.6"] },
        { "--share must be from 0 to 1.5, and is '-0.1'.", ["--share", "-0.1"] },
        { "--share must be from 0 to 1.5, and is '0,5'.", ["--share", "0,5"] },
        { "--share must be from 0 to 1.5, and is 'NaN'.", ["--share=NaN"] },
        { "--count must be a whole number from 1 to 3, and is '1.5'.", ["--count", "1.5"] },
        { "--share must be from 0 to 1.5, and is ''. --count must be a whole number from 1 to 3, and is '4'.", ["--count", "4", "--share", ""] },
        { "Unrecognized command or argument '\uFFFD[31m- \uFFFD'.", ["\e[31m-\r\n\u009b"] },
        { "--share must be from 0 to 1.5, and is '1 \uFFFD]0;x\uFFFD'.", ["--share", "1\n\e]0;x\a"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_wrong_argument_is_one_line_on_stderr_and_2(string expected, string[] arguments)
    {
        var root = Create((_, _) => throw new UnreachableException());

        Assert.Equal((2, "", $"{root.Name}: {expected} See --help.{Environment.NewLine}"), await RunAsync(root, arguments));
    }

    public static TheoryData<int, string, Exception> Failures => new()
    {
        { 2, "no \uFFFD endpoint", new FormatException("no\n\e endpoint") },
        { 2, "in use", new LinkOpenException("in use", new SocketException()) },
        { 2, "in use", new IOException("in use") },
        { 2, "not at all", new InvalidOperationException("not at all") },
        { 1, "unexpected NotSupportedException: not so", new NotSupportedException("not so") },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task What_fails_is_one_line_on_stderr(int exitCode, string expected, Exception exception)
    {
        var thrown = Create((_, _) => throw exception);
        var failed = Create((_, _) => Task.FromException<int>(exception));

        Assert.Equal((exitCode, "", $"{thrown.Name}: {expected}{Environment.NewLine}"), await RunAsync(thrown));
        Assert.Equal((exitCode, "", $"{thrown.Name}: {expected}{Environment.NewLine}"), await RunAsync(failed));
    }

    [Fact]
    public async Task What_is_cancelled_is_130_without_a_word() =>
        Assert.Equal((130, "", ""), await RunAsync(Create((_, _) => Task.FromException<int>(new OperationCanceledException()))));

    [Fact]
    public async Task Numbers_come_through_at_both_ends_of_their_range_and_by_default()
    {
        List<(double, int?)> seen = [];
        var root = Create((share, count) =>
        {
            seen.Add((share, count));
            return Task.FromResult(7);
        });

        Assert.Equal((7, "", ""), await RunAsync(root));
        Assert.Equal((7, "", ""), await RunAsync(root, "--share", "0", "--count=1"));
        Assert.Equal((7, "", ""), await RunAsync(root, "--share", "1.5", "--count:3"));

        Assert.Equal([(0.25, null), (0, 1), (1.5, 3)], seen);
    }

    [Theory]
    [InlineData("Syslog", "--listen", "127.0.0.1:0")]
    [InlineData("StatsdGateway", "--listen", "127.0.0.1:0", "--urls", "http://127.0.0.1:0")]
    public async Task A_sample_that_serves_ends_well_by_a_signal(string name, params string[] arguments)
    {
        await using var sample = ChildProcess.Start("dotnet", ["exec", Sample.PathOf(name), "--for", "120", .. arguments]);
        Assert.StartsWith("Listening on 127.0.0.1:", await sample.ReadLineAsync(), StringComparison.Ordinal);

        sample.Terminate();

        Assert.Equal("", await sample.ReadToEndAsync());
        Assert.Equal((0, ""), await sample.WaitAsync());
    }

    private static RootCommand Create(Func<double, int?, Task<int>> run)
    {
        var share = SampleCommand.Number("--share", "P", "A share.", 0, 1.5, 0.25);
        var count = SampleCommand.Optional("--count", "N", "A count.", 1, 3);
        var root = new RootCommand { share, count };
        root.SetAction((parsed, _) => run(parsed.GetValue(share), parsed.GetValue(count)));
        return root;
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(RootCommand root, params string[] arguments)
    {
        using StringWriter output = new(), errors = new();
        return (await SampleCommand.RunAsync(root, arguments, output, errors), output.ToString(), errors.ToString());
    }
}
