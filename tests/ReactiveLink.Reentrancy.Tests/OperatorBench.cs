using System.Reactive.Disposables;

namespace ReactiveLink.Reentrancy.Tests;

/// <summary>An operator over the input: two subscriptions, values, time, and an end by completion or error.</summary>
internal static class OperatorBench
{
    private static readonly HashSet<string> Sending = ["OnNext", "OnCompleted", "OnError"];

    public static Bench Of<T>(Hooks hooks, Func<Hooks, IObservable<T>> make, Callback callback, bool isSerializing)
    {
        hooks.IsSerializing = isSerializing;
        var stream = make(hooks);
        var own = new SingleAssignmentDisposable();
        var other = new SingleAssignmentDisposable();
        return new Bench
        {
            Feeding = Sending,
            Operations = new Dictionary<string, Action>
            {
                ["Dispose"] = own.Dispose,
                ["Dispose another"] = other.Dispose,
                ["Subscribe"] = () => stream.Subscribe(new HookedObserver<T>(hooks, isSide: false)).Dispose(),
                ["OnNext"] = () => hooks.Input.OnNext(9),
                ["OnCompleted"] = hooks.Input.OnCompleted,
                ["OnError"] = () => hooks.Input.OnError(new InvalidOperationException("the source's")),
            },
            Drive = () =>
            {
                own.Disposable = stream.Subscribe(hooks.Observer<T>());
                other.Disposable = stream.Subscribe(hooks.Observer<T>());
                hooks.IsArmed = true;
                for (var value = 1; value <= 8; value++)
                {
                    hooks.Input.OnNext(value);
                    hooks.Time.AdvanceBy(TimeSpan.FromSeconds(1));
                }

                hooks.Time.AdvanceBy(TimeSpan.FromSeconds(10));
                if (callback == Callback.OnError)
                {
                    hooks.Input.OnError(new InvalidOperationException("the source's"));
                }

                hooks.Input.OnCompleted();
                hooks.Time.AdvanceBy(TimeSpan.FromSeconds(10));
                own.Dispose();
                other.Dispose();
            },
        };
    }
}
