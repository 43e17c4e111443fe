namespace ReactiveLink.Reentrancy.Tests;

/// <summary>
/// Every public member, called from every kind of callback: directly on the callback's own thread, and on another thread that the callback waits for. Each pair
/// finishes, throws nothing but what is documented, and Rx's grammar holds. The link's own matrix on real sockets is among the link's tests.
/// </summary>
public sealed class ReentrancyMatrixTests
{
    private static readonly Dictionary<string, Func<Hooks, Callback, Bench>> Rows =
        OperatorRows.All().Concat(ObjectRows.All()).ToDictionary(row => row.Name, row => row.Make, StringComparer.Ordinal);

    public static TheoryData<string, Callback> Cells()
    {
        var cells = new TheoryData<string, Callback>();
        foreach (var row in Rows.Keys)
        {
            foreach (var callback in Enum.GetValues<Callback>())
            {
                cells.Add(row, callback);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Members_may_be_called_from_callbacks(string row, Callback callback)
    {
        var operations = Rows[row](new Hooks(callback, false), callback).Operations.Keys.ToArray();
        Assert.NotEmpty(operations);
        foreach (var operation in operations)
        {
            foreach (var onAnotherThread in new[] { false, true })
            {
                if (!Finishes(row, callback, operation, onAnotherThread))
                {
                    // This row has no such callback, whatever the operation.
                    return;
                }
            }
        }
    }

    /// <summary>A cell whose callback never comes proves nothing: how many rows have which.</summary>
    [Theory]
    [InlineData(Callback.OnNext, 35)]
    [InlineData(Callback.OnError, 30)]
    [InlineData(Callback.OnCompleted, 35)]
    [InlineData(Callback.Selector, 25)]
    [InlineData(Callback.Handler, 3)]
    [InlineData(Callback.SideStream, 20)]
    [InlineData(Callback.Logger, 1)]
    [InlineData(Callback.Clock, 25)]
    [InlineData(Callback.Schedule, 20)]
    [InlineData(Callback.ScheduledAction, 20)]
    [InlineData(Callback.Unsubscription, 30)]
    [InlineData(Callback.Listener, 1)]
    [InlineData(Callback.Stream, 1)]
    public void Callbacks_come(Callback callback, int rows)
    {
        var reached = Rows.Keys.Where(row => Finishes(row, callback, Rows[row](new Hooks(callback, false), callback).Operations.Keys.First(), onAnotherThread: false)).ToArray();

        Assert.True(reached.Length >= rows, $"{reached.Length} rows have it: {string.Join(", ", reached)}");
    }

    /// <returns>Whether the callback came.</returns>
    private static bool Finishes(string row, Callback callback, string operation, bool onAnotherThread)
    {
        var hooks = new Hooks(callback, onAnotherThread);
        var bench = Rows[row](hooks, callback);
        hooks.Operation = bench.Operations[operation];
        hooks.IsFeeding = bench.Feeding.Contains(operation);
        Exception? escaped = null;
        var driver = new Thread(() =>
        {
            try
            {
                bench.Drive();
            }
            catch (ObjectDisposedException)
            {
                // The operation disposed of what the drive went on to use.
            }
            catch (Exception exception)
            {
                escaped = exception;
            }
        })
        { IsBackground = true };
        driver.Start();
        var cell = $"{row}: {operation} from {callback}{(onAnotherThread ? " on another thread" : "")}";

        Assert.True(driver.Join(TimeSpan.FromSeconds(60)), cell + " hangs");
        Assert.True(hooks.Failure is null, $"{cell} failed: {hooks.Failure}");
        Assert.True(escaped is null, $"{cell} threw out of the drive: {escaped}");
        Assert.True(hooks.Breaches.Count == 0, $"{cell}: {string.Join("; ", hooks.Breaches)}");
        return hooks.HasRun;
    }
}
