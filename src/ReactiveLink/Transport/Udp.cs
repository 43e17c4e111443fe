using System.Reactive.Disposables;

namespace ReactiveLink;

/// <summary>UDP in one line.</summary>
public static class Udp
{
    /// <summary>
    /// The datagrams that arrive at a local endpoint, cold: each subscription binds a socket of its own and closes it on dispose.
    /// <list type="table">
    /// <listheader><term>what happens</term><description>output</description></listheader>
    /// <item><term>subscribe</term><description>binds, tells <paramref name="bound"/>; nothing until a datagram arrives</description></item>
    /// <item><term>it cannot bind</term><description>OnError with a <see cref="LinkOpenException"/></description></item>
    /// <item><term><paramref name="bound"/> throws</term><description>OnError with its exception; the socket is closed</description></item>
    /// <item><term>a datagram</term><description>OnNext on the socket's receive thread</description></item>
    /// <item><term>cut or dropped datagrams, passing socket errors</term><description>to <paramref name="faults"/>; the stream goes on</description></item>
    /// <item><term>the observer throws</term><description>the subscription ends, its socket is closed; a <c>subscriber-failed</c> fault</description></item>
    /// <item><term>dispose</term><description>the socket is closed; nothing more</description></item>
    /// </list>
    /// </summary>
    /// <param name="endpoint">What to bind, as in <see cref="EndpointText"/>: <c>0.0.0.0:5004</c>, <c>[::]:5004</c>, <c>:5004</c>.</param>
    /// <param name="configure">Changes the options (groups, buffers, scheduler), or null for the defaults.</param>
    /// <param name="faults">Gets the faults, or null. It is never completed: it may serve several streams.</param>
    /// <param name="bound">Is told at each subscription, before any datagram, where its socket is bound: the port that the system chose for port 0. Null for nobody.</param>
    /// <returns>A cold stream that does not end by itself.</returns>
    /// <exception cref="FormatException"><paramref name="endpoint"/> is not an endpoint; says what is wrong.</exception>
    /// <exception cref="ArgumentException">Options are wrong; all errors are listed.</exception>
    public static IObservable<Datagram> Listen(
        string endpoint,
        Func<UdpTransportOptions, UdpTransportOptions>? configure = null,
        IObserver<Fault>? faults = null,
        Action<UdpEndpoint>? bound = null)
    {
        var options = Transport.UdpTransportOptionsErrors.Configured(
            new UdpTransportOptions { Local = EndpointText.Parse(endpoint) }, configure);
        options.Validate();
        return new Listener(options, faults, bound);
    }

    private sealed class Listener(UdpTransportOptions options, IObserver<Fault>? faults, Action<UdpEndpoint>? bound) : IObservable<Datagram>
    {
        public IDisposable Subscribe(IObserver<Datagram> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            UdpTransport transport;
            try
            {
                transport = UdpTransport.Open(options);
            }
            catch (LinkOpenException exception)
            {
                observer.OnError(exception);
                return Disposable.Empty;
            }

            try
            {
                bound?.Invoke(transport.LocalEndpoint);
            }
            catch (Exception exception)
            {
                transport.Dispose();
                observer.OnError(exception);
                return Disposable.Empty;
            }

            var sink = new Sink(observer, transport);
            if (faults is not null)
            {
                transport.Faults.Subscribe(new FaultForwarder(faults));
            }

            sink.Run();
            return sink;
        }
    }

    private sealed class Sink(IObserver<Datagram> observer, UdpTransport transport) : IObserver<Datagram>, IDisposable
    {
        private volatile IObserver<Datagram>? _observer = observer;

        public void Run()
        {
            transport.Datagrams.Subscribe(this);
            transport.Start();
        }

        public void OnNext(Datagram value)
        {
            try
            {
                _observer?.OnNext(value);
            }
            catch
            {
                // Nobody is left to listen: the socket goes too. The transport reports the exception as a fault.
                Dispose();
                throw;
            }
        }

        public void OnError(Exception error) => Interlocked.Exchange(ref _observer, null)?.OnError(error);

        // The transport completes when it is disposed, and only this subscription disposes it: there is nobody left to tell.
        public void OnCompleted() => _observer = null;

        public void Dispose()
        {
            _observer = null;
            transport.Dispose();
        }
    }

    /// <summary>Faults without their end.</summary>
    private sealed class FaultForwarder(IObserver<Fault> faults) : IObserver<Fault>
    {
        public void OnNext(Fault value) => faults.OnNext(value);

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }
    }
}
