using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests;

/// <summary>The real TestScheduler runs over System.Reactive 6.</summary>
public sealed class VirtualTimeSetupTests : ReactiveTest
{
    [Fact]
    public void TestScheduler_records_messages_and_subscriptions()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2), OnCompleted<int>(230));

        var result = scheduler.Start(() => source.Delay(TimeSpan.FromTicks(5), scheduler));

        result.Messages.AssertEqual(OnNext(215, 1), OnNext(225, 2), OnCompleted<int>(235));
        source.Subscriptions.AssertEqual(Subscribe(200, 230));
    }
}
