using System.Text.Json;
using ReactiveLink.Tool.Output;

namespace ReactiveLink.Tool.Sending;

/// <summary>Runs <c>reactivelink send</c>: one message a line, then the summary, also when a line ends it early.</summary>
internal sealed class SendSession
{
    private readonly SendSettings _settings;
    private readonly UdpLink _link;
    private readonly LineReader _lines;
    private readonly Pacer? _pacer;
    private byte[] _hex = [];
    private long _attempts;
    private long _errors;
    private DatagramSendException? _lastError;

    private SendSession(SendSettings settings, UdpLink link, Stream input, Pacer? pacer)
    {
        _settings = settings;
        _link = link;
        _lines = new LineReader(input);
        _pacer = pacer;
    }

    public static async Task<int> RunAsync(SendSettings settings, ToolEnvironment environment, CancellationToken stop)
    {
        using var input = OpenInput(settings, environment);
        using var link = LinkOpening.Connect(settings, environment);
        var pacer = settings.Rate is { } rate ? new Pacer(environment.Scheduler, rate) : null;
        var session = new SendSession(settings, link, input, pacer);
        var progress = new SendProgress(environment, link);
        try
        {
            await session.SendAllAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ended by a signal: the summary tells how far it came.
        }
        finally
        {
            progress.Dispose();
            session.WriteSummary(environment);
        }

        return session.GetExitCode();
    }

    private static Stream OpenInput(SendSettings settings, ToolEnvironment environment)
    {
        if (settings.From is null)
        {
            if (environment.InputIsTerminal && environment.ErrorIsTerminal)
            {
                environment.Error.WriteLine("Type one message a line; end with Ctrl-D.");
            }

            return environment.Input;
        }

        try
        {
            return new FileStream(settings.From, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw ToolException.Usage($"cannot read --from '{settings.From}': {exception.Message} Give a file that can be read, or leave --from out for standard input.", exception);
        }
    }

    private async Task SendAllAsync(CancellationToken stop)
    {
        while (_attempts != _settings.Count && await ReadLineAsync(stop).ConfigureAwait(false))
        {
            if (IsBlank(_lines.Line.Span))
            {
                continue;
            }

            var data = ReadData();
            if (_pacer is not null)
            {
                await _pacer.WaitAsync(stop).ConfigureAwait(false);
            }

            stop.ThrowIfCancellationRequested();
            _attempts++;
            await SendAsync(data, stop).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> ReadLineAsync(CancellationToken stop)
    {
        try
        {
            return await _lines.ReadAsync(stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ToolException.Usage($"cannot read {_settings.From ?? "standard input"} after line {_lines.Number}: {exception.Message}", exception);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken stop)
    {
        try
        {
            await _link.SendAsync(_link.CreateMetadata(_settings.Priority, _settings.Type), data, cancellationToken: stop).ConfigureAwait(false);
        }
        catch (DatagramTooLargeException exception)
        {
            throw ToolException.Usage($"line {_lines.Number} is too large for one datagram ({exception.Size} bytes, the limit is {exception.Limit}): shorten it.", exception);
        }
        catch (ArgumentException exception)
        {
            throw BadLine(exception);
        }
        catch (DatagramSendException exception)
        {
            // UDP tells of a receiver that is not there, or of a full network, and goes on.
            _errors++;
            _lastError = exception;
        }
    }

    private bool IsBlank(ReadOnlySpan<byte> line) => _settings.Codec.DataFormat != DataFormat.Text && line.Trim(" \t"u8).IsEmpty;

    private ReadOnlyMemory<byte> ReadData()
    {
        if (_settings.Codec.DataFormat != DataFormat.Binary)
        {
            return _lines.Line;
        }

        var digits = _lines.Line.Span.Trim(" \t"u8);
        if (_hex.Length < digits.Length / 2)
        {
            _hex = new byte[Math.Max(digits.Length / 2, _hex.Length * 2)];
        }

        return Convert.FromHexString(digits, _hex, out _, out var written) == System.Buffers.OperationStatus.Done
            ? _hex.AsMemory(0, written)
            : throw ToolException.Usage($"line {_lines.Number} is not pairs of hexadecimal digits: correct it, or send it with --codec text.");
    }

    private ToolException BadLine(ArgumentException exception)
    {
        if (_settings.Codec.DataFormat != DataFormat.Json)
        {
            return ToolException.Usage($"line {_lines.Number} is not UTF-8 text: correct it, or send bytes with --codec hex.", exception);
        }

        return ToolException.Usage($"line {_lines.Number} is not one JSON value{Explain(_lines.Line.Span)}: correct it, or send it with --codec text.", exception);
    }

    /// <summary>Where and why a line is not JSON, as far as the reader can tell.</summary>
    private static string Explain(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                // Only the exception is of interest.
            }
        }
        catch (JsonException exception)
        {
            var end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            var reason = (end < 0 ? exception.Message : exception.Message[..end]).TrimEnd('.');
            return $" (byte {(exception.BytePositionInLine ?? 0) + 1}: {reason})";
        }

        return "";
    }

    private void WriteSummary(ToolEnvironment environment)
    {
        var statistics = _link.GetStatistics();
        using var line = new JsonLine();
        var writer = line.Start(Keys.Summary);
        writer.WriteNumber(Keys.Sent, statistics.MessagesSent);
        writer.WriteNumber(Keys.Bytes, statistics.BytesSent);
        writer.WriteNumber(Keys.Errors, _errors);
        environment.Output.Write(line.End());
    }

    /// <summary>Nobody listening is no failure of a sender's; a network that takes nothing at all is.</summary>
    private int GetExitCode()
    {
        if (_lastError is { SocketError: not System.Net.Sockets.SocketError.ConnectionRefused } && _errors == _attempts)
        {
            throw ToolException.Failure($"none of {_attempts} messages could be sent: {_lastError.Message}", _lastError);
        }

        return ExitCodes.Success;
    }
}
