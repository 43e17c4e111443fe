using System.Net;
using System.Net.Sockets;
using FsCheck;
using FsCheck.Fluent;

namespace ReactiveLink.Tests.Transport;

public sealed class EndpointTextTests
{
    [Theory]
    [InlineData("127.0.0.1:9000", "127.0.0.1", 9000)]
    [InlineData("127.0.0.1", "127.0.0.1", 8080)]
    [InlineData("  127.0.0.1:9000\t", "127.0.0.1", 9000)]
    [InlineData("255.255.255.255:0", "255.255.255.255", 0)]
    [InlineData("plant.example:65535", "plant.example", 65535)]
    [InlineData("plant.example", "plant.example", 8080)]
    [InlineData("plant-7.example.:1", "plant-7.example.", 1)]
    [InlineData("under_score", "under_score", 8080)]
    [InlineData("münchen.example:9", "münchen.example", 9)]
    [InlineData("7up.example", "7up.example", 8080)]
    [InlineData("[::1]:9000", "::1", 9000)]
    [InlineData("[::1]", "::1", 8080)]
    [InlineData("::1", "::1", 8080)]
    [InlineData("2001:DB8::7", "2001:db8::7", 8080)]
    [InlineData("[::ffff:192.0.2.7]:9", "192.0.2.7", 9)]
    [InlineData("[::]:9000", "::", 9000)]
    [InlineData(":9000", "*", 9000)]
    [InlineData("*:9000", "*", 9000)]
    [InlineData("*", "*", 8080)]
    [InlineData("udp://127.0.0.1:9000", "127.0.0.1", 9000)]
    [InlineData("UDP://127.0.0.1:9000/", "127.0.0.1", 9000)]
    [InlineData("udp://[::1]:9000/", "::1", 9000)]
    [InlineData("udp://plant.example", "plant.example", 8080)]
    [InlineData("udp://:9000", "*", 9000)]
    [InlineData("127.0.0.1:00080", "127.0.0.1", 80)]
    public void Parses(string text, string host, int port)
    {
        var endpoint = EndpointText.Parse(text);

        Assert.Equal(host, endpoint.Host);
        Assert.Equal(port, endpoint.Port);
        Assert.Equal(host == "*", endpoint.IsAny);
        Assert.Equal(endpoint, EndpointText.Parse(endpoint.ToString()));
    }

    [Theory]
    [InlineData("", "The endpoint is empty. Write host:port, [IPv6]:port or :port, for example 127.0.0.1:9000.")]
    [InlineData("   ", "The endpoint is empty.")]
    [InlineData("udp://", "has no host and no port")]
    [InlineData("udp:///", "has no host and no port")]
    [InlineData("tcp://127.0.0.1:9000", "names the scheme 'tcp'. Only udp:// is supported")]
    [InlineData("://127.0.0.1:9000", "names the scheme ''")]
    [InlineData("udp://127.0.0.1:9000//", "has a path or a query")]
    [InlineData("udp://127.0.0.1:9000/x", "has a path or a query")]
    [InlineData("127.0.0.1:9000/", "has a path or a query")]
    [InlineData("127.0.0.1:", "has no port after the colon")]
    [InlineData(":", "has no port after the colon")]
    [InlineData("127.0.0.1:65536", "has '65536' for a port. Write a number from 0 to 65535.")]
    [InlineData("127.0.0.1:-1", "has '-1' for a port")]
    [InlineData("127.0.0.1:+1", "has '+1' for a port")]
    [InlineData("127.0.0.1: 1", "has ' 1' for a port")]
    [InlineData("127.0.0.1:1e3", "has '1e3' for a port")]
    [InlineData("127.0.0.1:٣", "for a port")]
    [InlineData("127.0.0.1:4294967376", "for a port")]
    [InlineData("256.0.0.1:1", "has '256.0.0.1' for an IPv4 address")]
    [InlineData("1.2.3", "for an IPv4 address")]
    [InlineData("1.2.3.4.5", "for an IPv4 address")]
    [InlineData("9000", "has '9000' for an IPv4 address")]
    [InlineData("010.0.0.1:1", "without leading zeros")]
    [InlineData("...", "for an IPv4 address")]
    [InlineData("a..b:1", "for a host name")]
    [InlineData("-a:1", "for a host name")]
    [InlineData("a b:1", "has 'a b' for a host name")]
    [InlineData("a@b:1", "for a host name")]
    [InlineData("[::1", "opens a bracket and does not close it")]
    [InlineData("[::1]9000", "has '9000' after the bracket")]
    [InlineData("[::1]:", "has no port after the colon")]
    [InlineData("[::1]:x", "has 'x' for a port")]
    [InlineData("[]:1", "has '' for an IPv6 address")]
    [InlineData("[::ffff:192.0.2.07]:1", "has '::ffff:192.0.2.07' for an IPv6 address")]
    [InlineData("::1.2.3.010", "has '::1.2.3.010' for an IPv6 address")]
    [InlineData("[127.0.0.1]:1", "has '127.0.0.1' for an IPv6 address")]
    [InlineData("[[::1]]:1", "has ']:1' after the bracket")]
    [InlineData("1:2:3", "for an IPv6 address. Write [IPv6]:port, for example [::1]:9000; a port needs the brackets.")]
    [InlineData("plant:9000:9001", "for an IPv6 address")]
    [InlineData("[fe80::1%]:9", "has '' for a scope")]
    [InlineData("[fe80::1%a b]:9", "has 'a b' for a scope")]
    public void Refuses_and_says_what_is_wrong(string text, string expected)
    {
        Assert.False(EndpointText.TryParse(text, out var value, out var error));
        Assert.Null(value);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(error, Assert.Throws<FormatException>(() => EndpointText.Parse(text)).Message);
    }

    [Fact]
    public void Null_is_an_error()
    {
        Assert.False(EndpointText.TryParse(null, out _, out var error));
        Assert.NotEmpty(error);
        Assert.Throws<ArgumentNullException>(() => EndpointText.Parse(null!));
    }

    [Fact]
    public void A_name_of_a_million_characters_is_refused()
    {
        Assert.False(EndpointText.TryParse(new string('a', 1_000_000), out _, out _));
        Assert.False(EndpointText.TryParse(new string(':', 1_000_000), out _, out _));
    }

    [Fact]
    public void No_input_throws_and_what_parses_round_trips()
    {
        var characters = Gen.Elements("0123456789abcdefxyz:.[]%/*-_ @?#udp:/".ToCharArray());
        var texts = Gen.OneOf(
            characters.ListOf().Select(list => new string([.. list])),
            characters.ListOf().Select(list => "udp://" + new string([.. list])),
            ArbMap.Default.GeneratorFor<string>());

        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var parsed = EndpointText.TryParse(text, out var value, out var error);
            return parsed
                ? error is null && value is { Port: >= 0 and <= 65535 } && EndpointText.Parse(value.ToString()) == value
                : value is null && !string.IsNullOrEmpty(error);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Resolve_takes_a_literal_as_it_is()
    {
        Assert.Equal(new UdpEndpoint(IPAddress.Parse("192.0.2.7"), 9), EndpointText.Parse("192.0.2.7:9").Resolve());
        Assert.Equal(new UdpEndpoint(IPAddress.IPv6Loopback, 9), EndpointText.Parse("[::1]:9").Resolve(AddressFamily.InterNetwork));
        Assert.Equal(new UdpEndpoint(IPAddress.Parse("192.0.2.7"), 9), EndpointText.Parse("[::ffff:192.0.2.7]:9").Resolve());
    }

    [Fact]
    public void Resolve_makes_any_address_of_the_preferred_family()
    {
        Assert.Equal(IPAddress.Any, EndpointText.Parse(":9").Resolve(AddressFamily.InterNetwork).Address);
        var expected = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        Assert.Equal(expected, EndpointText.Parse(":9").Resolve().Address);
    }

    [Fact]
    public async Task Resolve_asks_for_names_and_prefers_IPv4_unless_told()
    {
        var text = EndpointText.Parse("localhost:9");

        Assert.Equal(new UdpEndpoint(IPAddress.Loopback, 9), text.Resolve());
        Assert.Equal(new UdpEndpoint(IPAddress.Loopback, 9), await text.ResolveAsync());
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_a_LinkOpenException()
    {
        var text = EndpointText.Parse("no-such-host.invalid:9");

        var error = Assert.Throws<LinkOpenException>(() => text.Resolve());
        Assert.StartsWith("The name 'no-such-host.invalid' does not resolve to an address (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Check the name, or write an IP address.", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LinkOpenException>(() => text.ResolveAsync().AsTask());
    }

    [Fact]
    public void A_scope_is_an_index_or_an_interface_name()
    {
        Assert.Equal(3, EndpointText.Parse("[fe80::1%3]:9").Resolve().Address.ScopeId);
        var error = Assert.Throws<LinkOpenException>(() => EndpointText.Parse("[fe80::1%nosuch0]:9").Resolve());
        Assert.StartsWith("This machine has no network interface 'nosuch0'.", error.Message, StringComparison.Ordinal);
        Assert.Equal("[fe80::1%eth0]:9", EndpointText.Parse("fe80::1%eth0").ToString().Replace("8080", "9", StringComparison.Ordinal));
    }

    [Fact]
    public void From_an_endpoint_resolves_to_it()
    {
        UdpEndpoint[] endpoints =
        [
            new(IPAddress.Loopback, 1), new(IPAddress.IPv6Loopback, 2), new(new IPAddress(IPAddress.Parse("fe80::1").GetAddressBytes(), 4), 3),
        ];

        Assert.All(endpoints, e => Assert.Equal(e, EndpointText.From(e).Resolve()));
        Assert.All(endpoints, e => Assert.Equal(e, EndpointText.Parse(EndpointText.From(e).ToString()).Resolve()));
    }
}
