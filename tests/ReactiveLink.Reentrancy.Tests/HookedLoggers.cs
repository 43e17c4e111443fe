using Microsoft.Extensions.Logging;

namespace ReactiveLink.Reentrancy.Tests;

/// <summary>A logger that calls the hooks.</summary>
internal sealed class HookedLoggers(Hooks hooks) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => hooks.In(Callback.Logger);

    public void Dispose()
    {
    }
}
