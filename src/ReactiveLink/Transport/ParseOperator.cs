using System.Diagnostics.CodeAnalysis;
using ReactiveLink.Transport;

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

/// <summary>
/// As <see cref="DatagramParser{T}"/>, for values that also depend on who sent them or when they came, and for parsers that say what they dislike.
/// </summary>
/// <typeparam name="T">What it reads.</typeparam>
/// <param name="datagram">The datagram; its payload may be kept unless it is lent (<see cref="Datagram.IsLent"/>).</param>
/// <param name="value">The value, if the bytes are one.</param>
/// <param name="error">Why they are not, in a constant text: it becomes <see cref="Fault.Detail"/>. Null says nothing.</param>
/// <returns>Whether the bytes are one.</returns>
public delegate bool DatagramReader<T>(in Datagram datagram, [MaybeNullWhen(false)] out T value, out string? error);

/// <summary>Reads a value from one line of a payload.</summary>
/// <typeparam name="T">What it reads.</typeparam>
/// <param name="line">The bytes of the line without its end; never empty. They may be kept unless the datagram is lent.</param>
/// <param name="value">The value, if the line is one.</param>
/// <param name="error">Why it is not, in a constant text: it becomes <see cref="Fault.Detail"/>. Null says nothing.</param>
/// <returns>Whether the line is one.</returns>
public delegate bool LineParser<T>(ReadOnlyMemory<byte> line, [MaybeNullWhen(false)] out T value, out string? error);

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
        return new ParsedDatagrams<T>(source, Read, faults);

        bool Read(in Datagram datagram, [MaybeNullWhen(false)] out T value, out string? error)
        {
            error = null;
            return parser(datagram.Payload.Span, out value);
        }
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
        return new ParsedDatagrams<T>(source, Read, faults);

        bool Read(in Datagram datagram, [MaybeNullWhen(false)] out T value, out string? error)
        {
            error = null;
            return parser(datagram.Payload, out value);
        }
    }

    /// <summary>
    /// Reads each datagram with a parser that sees all of it (payload, sender, time of arrival) and says why it refuses one; otherwise as the other overloads.
    /// What it says is the <see cref="Fault.Detail"/> of the <c>parse-failed</c> fault.
    /// </summary>
    /// <typeparam name="T">What the parser reads.</typeparam>
    /// <param name="source">Datagrams.</param>
    /// <param name="parser">The parser.</param>
    /// <param name="faults">Gets the faults, or null.</param>
    /// <returns>The values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="parser"/> is null.</exception>
    public static IObservable<T> Parse<T>(this IObservable<Datagram> source, DatagramReader<T> parser, IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(parser);
        return new ParsedDatagrams<T>(source, parser, faults);
    }

    /// <summary>
    /// Reads each line of each datagram, for protocols that pack several of them into one: StatsD, Graphite, NMEA 0183, line protocols.
    /// <list type="table">
    /// <listheader><term>input</term><description>output</description></listheader>
    /// <item><term>a line that the parser takes</term><description>OnNext with its value, in the order of the lines</description></item>
    /// <item><term>a line that it refuses</term><description>a <c>parse-failed</c> fault with the peer and the parser's reason as detail; the next line is read</description></item>
    /// <item><term>a line for which it throws</term><description>a <c>parse-failed</c> fault with the peer and the exception; the next line is read</description></item>
    /// <item><term>an empty line, an empty datagram</term><description>nothing</description></item>
    /// <item><term>the subscription is disposed from OnNext</term><description>the lines that are left are not read</description></item>
    /// <item><term>error, completion</term><description>the same; <paramref name="faults"/> is not ended: it may serve several streams</description></item>
    /// </list>
    /// A line ends at LF or CR LF, or with the datagram; no line goes over into the next datagram. It keeps no state. If <paramref name="faults"/> throws it is not called again.
    /// </summary>
    /// <typeparam name="T">What the parser reads.</typeparam>
    /// <param name="source">Datagrams.</param>
    /// <param name="parser">The parser of one line.</param>
    /// <param name="faults">Gets the faults, or null.</param>
    /// <returns>The values.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="parser"/> is null.</exception>
    public static IObservable<T> ParseLines<T>(this IObservable<Datagram> source, LineParser<T> parser, IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(parser);
        return new ParsedLines<T>(source, parser, faults);
    }
}
