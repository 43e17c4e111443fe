namespace ReactiveLink.Transport;

/// <summary>A value of each line of each datagram.</summary>
internal sealed class ParsedLines<T>(IObservable<Datagram> source, LineParser<T> parser, IObserver<Fault>? faults) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(observer, parser, faults).Run(source);
    }

    private sealed class Sink(IObserver<T> observer, LineParser<T> parser, IObserver<Fault>? faults) : ParseSink<T>(observer, faults)
    {
        public override void OnNext(Datagram value)
        {
            var rest = value.Payload;
            while (!rest.IsEmpty && !IsStopped)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                var line = end < 0 ? rest : rest[..end];
                rest = end < 0 ? default : rest[(end + 1)..];
                if (line.Span is [.., (byte)'\r'])
                {
                    line = line[..^1];
                }

                if (!line.IsEmpty)
                {
                    Read(line, in value);
                }
            }
        }

        private void Read(ReadOnlyMemory<byte> line, in Datagram datagram)
        {
            T? parsed;
            try
            {
                if (!parser(line, out parsed, out var error))
                {
                    Refuse(in datagram, error);
                    return;
                }
            }
            catch (Exception exception)
            {
                Refuse(in datagram, exception: exception);
                return;
            }

            Emit(parsed!);
        }
    }
}
