namespace ReactiveLink.Transport;

/// <summary>One value of each datagram.</summary>
internal sealed class ParsedDatagrams<T>(IObservable<Datagram> source, DatagramReader<T> parser, IObserver<Fault>? faults) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(observer, parser, faults).Run(source);
    }

    private sealed class Sink(IObserver<T> observer, DatagramReader<T> parser, IObserver<Fault>? faults) : ParseSink<T>(observer, faults)
    {
        public override void OnNext(Datagram value)
        {
            if (IsStopped)
            {
                return;
            }

            T? parsed;
            try
            {
                if (!parser(in value, out parsed, out var error))
                {
                    Refuse(in value, error);
                    return;
                }
            }
            catch (Exception exception)
            {
                Refuse(in value, exception: exception);
                return;
            }

            Emit(parsed!);
        }
    }
}
