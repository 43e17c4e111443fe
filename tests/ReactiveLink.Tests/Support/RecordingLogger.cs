using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ReactiveLink.Tests.Support;

internal sealed class RecordingLogger : ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, EventId Id, string Text)> Lines { get; } = new();

    public Exception? Throws { get; set; }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (Throws is { } error)
        {
            throw error;
        }

        Lines.Enqueue((logLevel, eventId, formatter(state, exception)));
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
