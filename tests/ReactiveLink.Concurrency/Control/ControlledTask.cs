using System.Threading.Tasks.Sources;

namespace ReactiveLink.Concurrency.Control;

/// <summary>A task whose continuation never gets to the real thread pool.</summary>
internal sealed class ControlledTask(Controller controller) : IValueTaskSource
{
    private Action? _continuation;
    private bool _isCompleted;

    public ValueTask Task => new(this, 0);

    public void Complete()
    {
        _isCompleted = true;
        _continuation?.Invoke();
    }

    public void GetResult(short token)
    {
    }

    public ValueTaskSourceStatus GetStatus(short token) => _isCompleted ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (_isCompleted)
        {
            controller.Work.Enqueue(() => continuation(state));
            return;
        }

        _continuation = () => continuation(state);
    }
}
