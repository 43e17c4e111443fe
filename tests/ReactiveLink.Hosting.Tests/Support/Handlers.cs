using Microsoft.Extensions.DependencyInjection;

namespace ReactiveLink.Hosting.Tests.Support;

internal sealed record Attitude(double Roll);

/// <summary>Notes the data.</summary>
internal sealed class NotingHandler(Journal journal, ScopeProbe probe) : IMessageHandler
{
    public async ValueTask HandleAsync(Message message, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Assert.False(probe.IsDisposed);
        journal.Handled.Enqueue(message.DataAsText());
    }
}

/// <summary>Waits for the gate, then notes the data.</summary>
internal sealed class GatedHandler(Journal journal, ScopeProbe probe) : IMessageHandler
{
    public async ValueTask HandleAsync(Message message, CancellationToken cancellationToken)
    {
        journal.FirstRuns.TrySetResult();
        await journal.Gate.Task.WaitAsync(cancellationToken);
        Assert.False(probe.IsDisposed);
        journal.Handled.Enqueue(message.DataAsText());
    }
}

/// <summary>Waits for the gate, whatever its token says.</summary>
internal sealed class DeafHandler(Journal journal, ScopeProbe probe) : IMessageHandler
{
    public async ValueTask HandleAsync(Message message, CancellationToken cancellationToken)
    {
        journal.FirstRuns.TrySetResult();
        await journal.Gate.Task;
        Assert.False(probe.IsDisposed);
    }
}

internal sealed class FailingHandler(ScopeProbe probe) : IMessageHandler
{
    public ValueTask HandleAsync(Message message, CancellationToken cancellationToken) =>
        throw new InvalidOperationException(probe.IsDisposed ? "disposed" : "on purpose");
}

internal sealed class AttitudeHandler(Journal journal) : IMessageHandler<Attitude>
{
    public ValueTask HandleAsync(Message<Attitude> message, CancellationToken cancellationToken)
    {
        journal.Handled.Enqueue(FormattableString.Invariant($"{message.Source} {message.Data.Roll}"));
        return ValueTask.CompletedTask;
    }
}

/// <summary>Sends what it gets on by the link named <c>up</c>.</summary>
internal sealed class RelayHandler([FromKeyedServices("up")] UdpLink up) : IMessageHandler
{
    public ValueTask HandleAsync(Message message, CancellationToken cancellationToken) =>
        up.SendAsync(message.DataAsText(), type: MessageType.Status, cancellationToken: cancellationToken);
}
