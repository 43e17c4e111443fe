using System.Diagnostics;
using ControlLoop;
using ReactiveLink.Metrics;

namespace ReactiveLink.Samples.Tests;

public sealed class ControlLoopTests
{
    private static readonly LoopSettings Minute = new() { Duration = TimeSpan.FromSeconds(60) };

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void The_pole_stays_upright_for_a_minute_whatever_the_seed(double loss)
    {
        for (var seed = 1ul; seed <= 10; seed++)
        {
            var result = LoopRun.InVirtualTime(Minute with { LossUp = loss, LossDown = loss, Seed = seed }, _ => { });

            Assert.True(result.Fall is null, $"seed {seed}: {result.Fall?.Text}");
            Assert.Equal(12_000, result.Steps.Length);
            Assert.InRange(result.Steps.Max(step => Math.Abs(step.State.Degrees)), 0.5, 10);
            Assert.InRange(result.Telemetry.Lost / 12_000.0, loss * 0.8, loss * 1.2);
            Assert.InRange(result.Commands.Lost / (double)result.CommandsSent, loss * 0.8, loss * 1.2);

            // Every command that arrived is accounted for; the last may arrive when all is over.
            Assert.InRange(result.Commands.Received - result.Counts.Applied - result.Counts.Overtaken - result.Counts.TooOld, 0, 2);
        }
    }

    public static TheoryData<double, double, int, int, string> Impairments => new()
    {
        { 0.98, 0, 5, 50, nameof(Lateness.NoTelemetry) },
        { 0, 0.98, 5, 50, nameof(Lateness.NoCommands) },
        { 1, 1, 5, 50, nameof(Lateness.NoTelemetry) },
        { 0.1, 0.1, 40, 50, nameof(Lateness.TooOld) },
        { 0.1, 0.1, 100, 1000, nameof(Lateness.None) },
    };

    [Theory]
    [MemberData(nameof(Impairments))]
    public void It_falls_under_heavy_impairment_and_says_why(double lossUp, double lossDown, int latency, int deadline, string cause)
    {
        for (var seed = 1ul; seed <= 10; seed++)
        {
            var settings = Minute with
            {
                LossUp = lossUp,
                LossDown = lossDown,
                Latency = TimeSpan.FromMilliseconds(latency),
                Deadline = TimeSpan.FromMilliseconds(deadline),
                Seed = seed,
            };

            var result = LoopRun.InVirtualTime(settings, _ => { });

            Assert.True(CartPole.HasFallen(result.Steps[^1].State), $"seed {seed} is upright");
            Assert.Equal((seed, cause), (seed, result.Fall?.Cause.ToString()));
        }
    }

    [Fact]
    public void A_burst_is_told_by_its_length()
    {
        var settings = Minute with { LossUp = 0, LossDown = 0.6, Burst = 100 };

        var result = LoopRun.InVirtualTime(settings, _ => { });

        Assert.Equal(Lateness.NoCommands, result.Fall?.Cause);
        Assert.Contains($"the commands were lost. ", result.Fall!.Text, StringComparison.Ordinal);
        Assert.Contains("the controller answered", result.Fall.Text, StringComparison.Ordinal);
        Assert.Equal(0, result.Telemetry.Lost);
    }

    [Theory]
    [InlineData(400, 60)]
    [InlineData(10_000, 1)]
    public void What_is_still_on_its_way_is_not_told_as_lost(int latency, int seconds)
    {
        for (var seed = 1ul; seed <= 10; seed++)
        {
            var settings = new LoopSettings
            {
                LossUp = 0,
                LossDown = 0,
                Latency = TimeSpan.FromMilliseconds(latency),
                Duration = TimeSpan.FromSeconds(seconds),
                Seed = seed,
            };

            var result = LoopRun.InVirtualTime(settings, _ => { });

            Assert.Equal((seed, Lateness.OnItsWay), (seed, result.Fall?.Cause));
            Assert.Contains("the links were slower than the deadline. ", result.Fall!.Text, StringComparison.Ordinal);
            Assert.Contains(
                $": {result.MeasurementsSent - result.Telemetry.Received} of {result.MeasurementsSent} measurements and {result.CommandsSent - result.Commands.Received} of {result.CommandsSent} commands were still on their way, ",
                result.Fall.Text,
                StringComparison.Ordinal);
            Assert.Equal(latency == 400, result.CommandsSent > 0);
        }
    }

    [Fact]
    public void The_run_of_missing_commands_that_is_open_at_the_end_counts()
    {
        var result = LoopRun.InVirtualTime(Minute with { LossUp = 0, LossDown = 1 }, _ => { });

        Assert.Equal((Lateness.NoCommands, 0), (result.Fall?.Cause, result.Commands.Received));
        Assert.InRange(result.CommandsSent, 100, long.MaxValue);
        Assert.Equal(result.CommandsSent, result.Counts.LongestBurst);
        // What is scattered over a slow link is no row.
        var slow = LoopRun.InVirtualTime(Minute with { LossUp = 0, LossDown = 0.1, Latency = TimeSpan.FromMilliseconds(400) }, _ => { });
        Assert.Equal(0, slow.Commands.Received);
        Assert.InRange(slow.Counts.LongestBurst, 1, 3);
        Assert.Contains($"up to {result.CommandsSent} commands in a row did not arrive", result.Fall!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_a_newer_one_has_overtaken_is_not_applied()
    {
        var settings = Minute with { LossUp = 0, LossDown = 0, Latency = TimeSpan.Zero, Jitter = TimeSpan.FromMilliseconds(5) };

        var result = LoopRun.InVirtualTime(settings, _ => { });

        // Of the measurements too, the controller answers those that are news.
        Assert.Null(result.Fall);
        Assert.InRange(result.Telemetry.Late, 1000, 6000);
        Assert.InRange(result.CommandsSent, 12_000 - result.Telemetry.Late - 3, 12_000 - result.Telemetry.Late);
        Assert.InRange(result.Counts.Overtaken, 500, 5000);
        Assert.Equal(result.Commands.Late, result.Counts.Overtaken);
    }

    [Fact]
    public void The_alert_on_missed_deadlines_fires_and_clears()
    {
        List<string> lines = [];

        LoopRun.InVirtualTime(Minute with { LossUp = 0.4, LossDown = 0.4 }, lines.Add);

        Assert.Contains(lines, line => line.StartsWith("ALERT  deadline  ", StringComparison.Ordinal) && line.Contains($"-> {AlertState.Firing} at ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains($"{AlertState.Firing} -> {AlertState.Resolved}", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pole_that_swings_freely_keeps_its_energy()
    {
        var state = new CartPoleState(0, 0.5, 0.3, 0);
        var before = Energy(state);
        for (var i = 0; i < 1000; i++)
        {
            state = CartPole.Advance(state, force: 0, seconds: 0.005);
            Assert.Equal(before, Energy(state), 1e-8);
        }

        // The momentum along the track is kept as well, but for the force.
        var pushed = CartPole.Advance(state, force: 2, seconds: 0.25);
        Assert.Equal(Momentum(state) + (2 * 0.25), Momentum(pushed), 1e-9);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes()
    {
        var first = await Sample.RunAsync("ControlLoop", "--seed", "7", "--seconds", "5", "--loss", "0.2");
        var second = await Sample.RunAsync("ControlLoop", "--seed", "7", "--seconds", "5", "--loss", "0.2");
        var other = await Sample.RunAsync("ControlLoop", "--seed", "8", "--seconds", "5", "--loss", "0.2");

        Assert.Equal((0, ""), (first.ExitCode, first.Errors));
        Assert.Equal(first, second);
        Assert.NotEqual(first.Output, other.Output.Replace("seed 8", "seed 7", StringComparison.Ordinal));
        Assert.DoesNotContain('\e', first.Output);
    }

    [Fact]
    public async Task By_default_it_is_upright_at_ten_percent()
    {
        var (exitCode, output, errors) = await Sample.RunAsync("ControlLoop");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.StartsWith("An inverted pendulum over two links at 200 Hz, in virtual time: loss 10.0 %,", output, StringComparison.Ordinal);
        Assert.Contains("\nUPRIGHT  for 20.0 s, never more than ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fall_is_told_with_its_figures_and_1()
    {
        var (exitCode, output, _) = await Sample.RunAsync("ControlLoop", "--latency", "40");

        Assert.Equal(1, exitCode);
        Assert.Matches(@"\nFELL  at \d\.\d\d s, the pole at -?\d+ degrees: the loop was slower than its deadline\. \d+ of the last \d+ steps had no command younger than 50 ms", output);
    }

    [Fact]
    public async Task The_readme_shows_what_is_printed()
    {
        var (_, output, _) = await Sample.RunAsync("ControlLoop", "--loss", "0.5", "--burst", "40");

        var readme = await File.ReadAllTextAsync(Path.Combine(Sample.Folder("ControlLoop"), "README.md"));
        Assert.Contains($"```\n{output.ReplaceLineEndings("\n").TrimEnd()}\n```", readme.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_loopback_measurements_go_up_and_commands_come_down()
    {
        // How well a busy machine balances is its own affair; that both links carry, and that the end is told, is ours.
        var (exitCode, output, errors) = await Sample.RunAsync("ControlLoop", "--real", "--seconds", "2", "--loss", "0.05");

        Assert.Equal("", errors);
        Assert.Contains(exitCode, (int[])[0, 1]);
        Assert.Contains("on loopback sockets", output, StringComparison.Ordinal);
        Assert.Contains(exitCode == 0 ? "\nUPRIGHT  for 2." : "\nFELL  at ", output, StringComparison.Ordinal);
        if (!output.Contains("the plant itself stood still", StringComparison.Ordinal))
        {
            Assert.Matches(@"\ntelemetry   [1-9]\d* sent, [1-9]\d* received", output);
            Assert.Matches(@"\ncommands    [1-9]\d* sent, [1-9]\d* received", output);
        }
    }

    [Theory]
    [InlineData("--loss must be from 0 to 1, and is '2'.", "--loss", "2")]
    [InlineData("--loss-up must be from 0 to 1, and is '-0.1'.", "--loss-up", "-0.1")]
    [InlineData("--loss-down must be from 0 to 1, and is '1.1'.", "--loss-down", "1.1")]
    [InlineData("--burst must be from 1 to 1000, and is '0.9'.", "--burst", "0.9")]
    [InlineData("--latency must be from 0 to 10000, and is '10001'.", "--latency", "10001")]
    [InlineData("--jitter must be from 0 to 10000, and is 'NaN'.", "--jitter", "NaN")]
    [InlineData("--seconds must be from 0.1 to 600, and is '0'.", "--seconds", "0")]
    [InlineData("--seed must be a whole number from 0 to 2147483647, and is '1.5'.", "--seed", "1.5")]
    [InlineData("Unrecognized command or argument 'yes'.", "--real=yes")]
    public void A_wrong_argument_says_what_is_right(string expected, params string[] arguments) =>
        Assert.Equal(expected, Assert.Single(LoopCommand.Create((_, _) => throw new UnreachableException()).Parse(arguments).Errors).Message);

    [Fact]
    public async Task Arguments_become_settings()
    {
        Assert.Equal(new LoopSettings(), await ParseAsync());
        Assert.Equal(new LoopSettings { LossUp = 0.5, LossDown = 0 }, await ParseAsync("--loss", "0.5", "--loss-down", "0"));
        Assert.Equal(
            new LoopSettings
            {
                LossUp = 0.5,
                LossDown = 0.25,
                Burst = 3,
                Latency = TimeSpan.FromMilliseconds(1.5),
                Jitter = TimeSpan.Zero,
                Duration = TimeSpan.FromSeconds(7),
                Seed = 9,
                Real = true,
            },
            await ParseAsync("--loss-up", "0.5", "--loss-down=0.25", "--burst", "3", "--latency", "1.5", "--jitter", "0", "--seconds", "7", "--seed", "9", "--real"));

        static async Task<LoopSettings?> ParseAsync(params string[] arguments)
        {
            LoopSettings? seen = null;
            var root = LoopCommand.Create((settings, _) =>
            {
                seen = settings;
                return Task.FromResult(0);
            });
            Assert.Equal(0, await SampleCommand.RunAsync(root, arguments));
            return seen;
        }
    }

    [Fact]
    public async Task A_wrong_argument_goes_to_stderr_and_is_2() =>
        Assert.Equal((2, "", "ControlLoop: --loss must be from 0 to 1, and is 'much'. See --help." + Environment.NewLine), await Sample.RunAsync("ControlLoop", "--loss", "much"));

    [Fact]
    public async Task Its_help_tells_every_option_with_its_unit_and_default() =>
        await Sample.AssertHelpAsync(
            "ControlLoop",
            "--loss <P> 0.1",
            "--loss-up <P>",
            "--loss-down <P>",
            "--burst <N> 1",
            "--latency <MS> 5",
            "--jitter <MS> 2",
            "--seconds <S> 20",
            "--seed <N> 1",
            "--real");

    private static double Energy(in CartPoleState state) =>
        (0.5 * (CartPole.CartMass + CartPole.PoleMass) * state.Velocity * state.Velocity)
        + (CartPole.PoleMass * CartPole.HalfLength * state.Velocity * state.Spin * Math.Cos(state.Angle))
        + (2.0 / 3 * CartPole.PoleMass * CartPole.HalfLength * CartPole.HalfLength * state.Spin * state.Spin)
        + (CartPole.PoleMass * CartPole.Gravity * CartPole.HalfLength * Math.Cos(state.Angle));

    private static double Momentum(in CartPoleState state) =>
        ((CartPole.CartMass + CartPole.PoleMass) * state.Velocity) + (CartPole.PoleMass * CartPole.HalfLength * state.Spin * Math.Cos(state.Angle));
}
