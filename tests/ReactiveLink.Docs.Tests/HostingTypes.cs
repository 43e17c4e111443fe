using System.Reactive.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReactiveLink.Hosting;

namespace ReactiveLink.Docs.Tests;

internal sealed record Command(string Action);

internal sealed record Attitude(double Roll);

#region hosting-typed
internal sealed class AttitudeHandler(ILogger<AttitudeHandler> logger) : IMessageHandler<Attitude>
{
    public ValueTask HandleAsync(Message<Attitude> message, CancellationToken cancellationToken)
    {
        logger.LogInformation("{Source} rolls by {Roll} degrees", message.Source, message.Data.Roll);
        return ValueTask.CompletedTask;
    }
}
#endregion

internal sealed class Motor
{
    public TaskCompletionSource Applied { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string? Last { get; private set; }

    public ValueTask ApplyAsync(Command command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Last = command.Action;
        Applied.TrySetResult();
        return ValueTask.CompletedTask;
    }
}

#region hosting-handler
internal sealed class CommandHandler(Motor motor) : IMessageHandler
{
    public async ValueTask HandleAsync(Message message, CancellationToken cancellationToken) =>
        await motor.ApplyAsync(message.DataAs<Command>()!, cancellationToken);
}
#endregion

#region hosting-keyed
internal sealed class Watch(
    [FromKeyedServices("ground")] UdpLink link,
    [FromKeyedServices("ground")] IObservable<Message> messages,
    [FromKeyedServices("ground")] IObservable<Fault> faults) : IHostedService
{
    private IDisposable? _subscription;

    // Nothing is received before every service has started: who subscribes here misses nothing.
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = faults.Select(fault => fault.ToString())
            .Merge(messages.Where(message => message.Priority == Priority.Critical).Select(message => $"{message.Source}: {message.DataAsText()}"))
            .Subscribe(line => Console.WriteLine($"{link.LocalEndpoint} {line}"));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }
}
#endregion
