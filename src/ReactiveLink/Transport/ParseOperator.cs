using System.Diagnostics.CodeAnalysis;
using System.Reactive.Disposables;

namespace ReactiveLink;

/// <summary>Reads a value from a payload; the form of most parsers, so that one can be named as it is.</summary>
/// <typeparam name="T">What it reads.</typeparam>
/// <param name="payload">The bytes, only for the time of the call.</param>
/// <param name="value">The value, if the bytes are one.</param>
/// <returns>Whether the bytes are one.</returns>
public delegate bool DatagramParser<T>(ReadOnlySpan<byte> payload, [MaybeNullWhen(false)] out T value);

/// <summary>As <see cref="DatagramParser{T}"/>, for values that keep parts of the payload, which never changes, without copying them.</summary>
/// <typeparam name="T">What it reads.</typeparam>
/// <param name="payload">The bytes; they may be kept.</param>
/// <param name="value">The value, if the bytes are one.</param>
/// <returns>Whether the bytes are one.</returns>
public delegate bool DatagramMemoryParser<T>(ReadOnlyMemory<byte> payload, [MaybeNullWhen(false)] out T value);

/// <summary>Datagrams of a foreign protocol, read by the user's parser.</summary>
public static class ParseOperator
{
    /// <summary>
    /// Reads each datagram with a parser of one's own.
    /// <list type="table">
    /// <listheader><term>input</term><description>output</description></listheader>
    /// <item><term>the parser returns true</term><description>OnNext with its value</description></item>
    /// <item><term>it returns false</term><description>a <c>parse-failed</c> fault with the peer; the stream goes on</description></item>
    /// <item><term>it throws</term><description>a <c>parse-failed</c> fault with the peer and the exception; the stream goes on</description></item>
    /// <item><term>error, completion</term><description>the same; <paramref name="faults"/> is not ended: it may serve several streams</description></item>
    /// </list>
    /// It keeps no state and no order but the source's. If <paramref name="faults"/> throws it is not called again.
    /// </summary>
    /// <typeparam name="T">What the parser reads.</typeparam>
    /// <param name="source">Datagrams.</param>
    /// <param name="parser">The parser, for example <c>Rtp.TryParse</c>.</param>
    /// <param name="faults">Gets the faults, or null.</param>
    /// <returns>The values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="parser"/> is null.</exception>
    public static IObservable<T> Parse<T>(this IObservable<Datagram> source, DatagramParser<T> parser, IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(parser);
        return new Parsed<T>(source, parser, memoryParser: null, faults);
    }

    /// <summary>Reads each datagram with a parser that may keep parts of the payload; otherwise as the other overload.</summary>
    /// <typeparam name="T">What the parser reads.</typeparam>
    /// <param name="source">Datagrams.</param>
    /// <param name="parser">The parser.</param>
    /// <param name="faults">Gets the faults, or null.</param>
    /// <returns>The values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="parser"/> is null.</exception>
    public static IObservable<T> Parse<T>(this IObservable<Datagram> source, DatagramMemoryParser<T> parser, IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(parser);
        return new Parsed<T>(source, parser: null, parser, faults);
    }

    private sealed class Parsed<T>(
        IObservable<Datagram> source, DatagramParser<T>? parser, DatagramMemoryParser<T>? memoryParser, IObserver<Fault>? faults) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var sink = new Sink(observer, parser, memoryParser, faults);
            sink.Run(source);
            return sink;
        }

        private sealed class Sink(
            IObserver<T> observer, DatagramParser<T>? parser, DatagramMemoryParser<T>? memoryParser, IObserver<Fault>? faults)
            : IObserver<Datagram>, IDisposable
        {
            private readonly SingleAssignmentDisposable _upstream = new();
            private volatile IObserver<T>? _observer = observer;
            private IObserver<Fault>? _faults = faults;

            public void Run(IObservable<Datagram> source) => _upstream.Disposable = source.Subscribe(this);

            public void OnNext(Datagram value)
            {
                if (_observer is null)
                {
                    return;
                }

                T? parsed;
                try
                {
                    var read = parser is not null ? parser(value.Payload.Span, out parsed) : memoryParser!(value.Payload, out parsed);
                    if (!read)
                    {
                        Report(new Fault(FaultReason.ParseFailed, value.ReceivedAt, value.Remote));
                        return;
                    }
                }
                catch (Exception exception)
                {
                    Report(new Fault(FaultReason.ParseFailed, value.ReceivedAt, value.Remote, Exception: exception));
                    return;
                }

                // The parser may have ended the stream, or this subscription.
                _observer?.OnNext(parsed!);
            }

            public void OnError(Exception error)
            {
                Interlocked.Exchange(ref _observer, null)?.OnError(error);
                _upstream.Dispose();
            }

            public void OnCompleted()
            {
                Interlocked.Exchange(ref _observer, null)?.OnCompleted();
                _upstream.Dispose();
            }

            public void Dispose()
            {
                _observer = null;
                _upstream.Dispose();
            }

            private void Report(in Fault fault)
            {
                try
                {
                    _faults?.OnNext(fault);
                }
                catch (Exception)
                {
                    // The side stream must not end the main one; who throws loses the rest, as every subscriber.
                    _faults = null;
                }
            }
        }
    }
}
