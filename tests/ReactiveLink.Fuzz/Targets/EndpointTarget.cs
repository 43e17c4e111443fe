using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// The texts that name endpoints, multicast groups and frame formats. The first byte of an input is which, the rest the text. What is taken is what the grammar says;
/// it is written and read again.
/// </summary>
internal sealed class EndpointTarget : FuzzTarget
{
    private static readonly byte[][] Seeds = HostileText.Tokens(
        "127.0.0.1:9000", "192.0.2.7", "plant.example:65535", "plant-7.example.", "[2001:db8::7]:9000", "2001:db8::7", "::1", "::", "[::ffff:192.0.2.7]:9", "[fe80::1%eth0]:9000",
        "fe80::1%2", ":9000", "*:9000", "*", "udp://192.0.2.7:9000/", "UDP://[::1]:1", "udp://plant.example", " 10.0.0.1:1\t", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:77.88.99.10",
        "239.1.2.3@eth0", "ff15::7@2", "239.255.255.255", "ff02::1%3@eth0", "224.0.0.1@127.0.0.1", "crc-seq", "seq-zlib", "crc-seq-zlib", "none");

    private static readonly byte[][] Tokens = HostileText.Tokens(
        "udp://", "://", "tcp://", ":", "::", ".", "..", "[", "]", "%", "@", "*", "/", "?", "#", "-", "_", "0", "00", "255", "256", "65535", "65536", "99999", "0x7f", "010", "ffff", "fffff",
        "::ffff:", "eth0", "%1", "/64", " ", "\t", "\0", "localhost", "xn--", "ff02::1", "239.", "-zlib", "crc", "\x7f");

    private readonly Mutator _mutator = new([.. Tokens, .. Enumerable.Range(0x80, 0x40).Select(i => new[] { (byte)i })], maximumLength: 4096);

    public override string Name => "endpoints";

    public override byte[] Generate(SeededRandom random)
    {
        var seed = random.NextInt32(Seeds.Length);
        var kind = random.NextInt32(8) == 0 ? random.NextInt32(3) : seed < 20 ? 0 : seed < 25 ? 1 : 2;
        return [(byte)kind, .. _mutator.Mutate(Seeds[seed], random, Seeds[random.NextInt32(Seeds.Length)])];
    }

    public override bool Check(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        var text = HostileText.Of(input.AsSpan(1));
        return (input[0] % 3) switch { 0 => CheckEndpoint(text), 1 => CheckGroup(text), _ => CheckFormat(text) };
    }

    private static bool CheckEndpoint(string text)
    {
        var expected = EndpointModel.Expect(text);
        var parsed = EndpointText.TryParse(text, out var value, out var error);
        Require(parsed == (expected is not null));
        if (value is null)
        {
            Require(!string.IsNullOrEmpty(error));
            Equal(error, Refusal(() => EndpointText.Parse(text)));
            return false;
        }

        Require(error is null);
        Equal(value, EndpointText.Parse(text));
        Equal(value, EndpointText.Parse(value.ToString()));
        Equal(expected, (value.Address is { AddressFamily: AddressFamily.InterNetworkV6 } v6 ? Groups(v6.GetAddressBytes()) : value.Host, value.Scope, value.Port));
        Equal(value.Host == "*", value.IsAny);
        if (value is { Address: not null, Scope: null } or { IsAny: true })
        {
            var resolved = value.Resolve();
            Equal(value.Port, resolved.Port);
            Equal(resolved, EndpointText.Parse(resolved.ToString()).Resolve());
            Equal(resolved, EndpointText.From(resolved).Resolve());
        }

        return true;
    }

    private static bool CheckGroup(string text)
    {
        // Neither short forms of IPv4 nor ports: what is written is what is joined.
        var trimmed = text.Trim();
        var at = trimmed.IndexOf('@', StringComparison.Ordinal);
        var address = at < 0 ? trimmed : trimmed[..at];
        var scope = address.IndexOf('%', StringComparison.Ordinal);
        var groups = EndpointModel.V6Groups(scope < 0 ? address : address[..scope]);
        var v4 = EndpointModel.V4(address);
        var expected = (v4 is not null && v4[0] >> 4 == 14) || (groups is not null && groups[0] >> 8 == 0xFF);
        expected &= at < 0 || at + 1 < trimmed.Length;
        MulticastGroup group;
        try
        {
            group = MulticastGroup.Parse(text);
        }
        catch (FormatException)
        {
            // Whether a scope exists is the system's to say.
            Require(!expected || scope >= 0);
            return false;
        }

        Require(expected);
        Equal(v4 is null ? Groups(group.Address.GetAddressBytes()) : new System.Net.IPAddress(v4).ToString(), v4 is null ? string.Join(':', groups!.Select(Hex)) : group.Address.ToString());
        Equal(group, MulticastGroup.Parse(group.ToString()));
        return true;
    }

    private static bool CheckFormat(string text)
    {
        var parsed = FrameFormat.TryParse(text, out var format);
        Require(parsed ? format!.Name == text && FrameFormat.Parse(text) == format : Refusal(() => FrameFormat.Parse(text)).Length != 0);
        return parsed;
    }

    private static string Refusal(Func<object> parse)
    {
        try
        {
            return $"none: {parse()}";
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }

    private static string Groups(byte[] address) =>
        string.Join(':', Enumerable.Range(0, 8).Select(i => Hex(BinaryPrimitives.ReadUInt16BigEndian(address.AsSpan(2 * i)))));

    private static string Hex(int group) => group.ToString("x", CultureInfo.InvariantCulture);
}
