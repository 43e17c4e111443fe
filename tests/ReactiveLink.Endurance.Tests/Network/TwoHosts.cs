using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>
/// Two namespaces and a cable (veth) between them. The near host is the one that suffers; the far one is its remote, and knows its hardware address by heart,
/// so that no retried ARP request is measured.
/// </summary>
internal sealed class TwoHosts : IDisposable
{
    public const string Device = "near0";
    public const string FarDevice = "far0";

    public static readonly IPAddress NearAddress = IPAddress.Parse("10.77.0.1");
    public static readonly IPAddress FarAddress = IPAddress.Parse("10.77.0.2");

    private const string NearHardware = "02:00:00:00:77:01";

    private readonly List<IDisposable> _owned = [];

    public TwoHosts()
    {
        try
        {
            Near = Own(new NetworkNamespace("near"));
            Far = Own(new NetworkNamespace("far"));

            // Of one index both ends would look like one device, whose news the kernel tells once a second only.
            Near.Ip($"link add {Device} index 11 address {NearHardware} type veth peer name {FarDevice} index 12 netns {Far.Name}");
            Near.Ip($"addr add {NearAddress}/24 dev {Device}");
            Far.Ip($"addr add {FarAddress}/24 dev {FarDevice}");
            Near.Ip($"link set {Device} up");
            Far.Ip($"link set {FarDevice} up");
            Far.Ip($"neigh replace {NearAddress} lladdr {NearHardware} dev {FarDevice} nud permanent");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetworkNamespace Near { get; }

    public NetworkNamespace Far { get; }

    /// <summary>A plain socket on the far host, closed with the hosts.</summary>
    public Socket FarSocket(IPAddress? address = null, int port = 0) => Own(Far.Run(() =>
    {
        address ??= FarAddress;
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }));

    /// <summary>A transport on the near host that receives, closed with the hosts.</summary>
    public ObservedTransport NearTransport(UdpTransportOptions options, Action<Datagram>? onDatagram = null) =>
        Own(Near.Run(() => new ObservedTransport(UdpTransport.Open(options), onDatagram)));

    /// <summary>Sends numbered datagrams from the far host until it is disposed.</summary>
    public NumberedStream FarStream(Socket from, IPEndPoint to, TimeSpan every) => Own(new NumberedStream(from, to, every));

    public void Dispose()
    {
        for (var i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }
    }

    public T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>Datagrams that the cable itself lost, which no socket can know of.</summary>
    public long LostByCable() => Near.Run(() => Dropped(Device)) + Far.Run(() => Dropped(FarDevice));

    /// <summary>The drops of a UDP socket as the system shows them to everyone (/proc/net/udp, last column).</summary>
    public long DropsShown(int port) => Near.Run(() =>
        long.Parse(File.ReadLines("/proc/thread-self/net/udp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(columns => columns[1].EndsWith(FormattableString.Invariant($":{port:X4}"), StringComparison.Ordinal))[^1], CultureInfo.InvariantCulture));

    private static long Dropped(string device)
    {
        // name: 8 figures of receiving, 8 of sending; the fourth of each are the drops.
        var line = File.ReadLines("/proc/thread-self/net/dev").Single(l => l.TrimStart().StartsWith(device + ":", StringComparison.Ordinal));
        var figures = line[(line.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(figure => long.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
        return figures[3] + figures[11];
    }
}
