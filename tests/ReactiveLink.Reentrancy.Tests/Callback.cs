namespace ReactiveLink.Reentrancy.Tests;

/// <summary>The kinds of user code that the packages call.</summary>
public enum Callback
{
    OnNext,
    OnError,
    OnCompleted,
    Selector,
    Handler,
    SideStream,
    Logger,
    Clock,
    Schedule,
    ScheduledAction,
    Unsubscription,
    Listener,
    Stream,
}
