using ReactiveLink.Testing;
using ReactiveLink.Tests.Transport;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>A started transport with everything it tells.</summary>
internal sealed class ObservedTransport : IDisposable
{
    /// <param name="transport">Not yet started.</param>
    /// <param name="onDatagram">Called with each datagram, on the receive thread.</param>
    public ObservedTransport(UdpTransport transport, Action<Datagram>? onDatagram = null)
    {
        Transport = transport;
        Datagrams = new Recorder<Datagram>(onDatagram);
        transport.Datagrams.Subscribe(Datagrams);
        transport.Faults.Subscribe(Faults);
        transport.State.Subscribe(States);
        transport.Start();
    }

    public UdpTransport Transport { get; }

    public Recorder<Datagram> Datagrams { get; }

    public Recorder<Fault> Faults { get; } = new();

    public Recorder<ConnectionState> States { get; } = new();

    /// <summary>No stream has ended, and every datagram is accounted for.</summary>
    public void AssertAlive()
    {
        Assert.False(Datagrams.Completed || Faults.Completed || States.Completed);
        Assert.Null(Datagrams.Error ?? Faults.Error ?? States.Error);
        Datagrams.AssertGrammar();
        Faults.AssertGrammar();
        States.AssertGrammar();
        LedgerAssert.Balances(Transport.GetStatistics());
    }

    public void Dispose()
    {
        Transport.Dispose();
        Datagrams.WaitForEnd();
    }
}
