using ReactiveLink.Metrics;
#region timer-alias
using Timer = ReactiveLink.Metrics.Timer;
#endregion

namespace ReactiveLink.Docs.Tests;

/// <summary>The timer by its name, where System.Threading is imported as well.</summary>
public sealed class TimerSnippets
{
    [Fact]
    public void Timers()
    {
        using var registry = new MetricRegistry();

        #region timer
        var decode = registry.GetOrAddTimer("decode");
        using (decode.Measure())
        {
            Decode();
        }
        #endregion

        Timer named = decode;
        Assert.Equal(1, named.GetSnapshot().Count);
    }

    private static void Decode()
    {
        // Whatever is measured.
    }
}
