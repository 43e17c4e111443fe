using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ReactiveLink.Hosting.Tests.Support;

/// <summary>Keeps what is logged, with its category.</summary>
internal sealed class LogLines : ILoggerProvider
{
    public ConcurrentQueue<(string Category, LogLevel Level, int Id, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Logger(LogLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Lines.Enqueue((category, logLevel, eventId.Id, formatter(state, exception)));
    }
}
