using System.Net;

namespace ReactiveLink.Tests.Transport;

public sealed class UdpTransportOptionsTests
{
    [Fact]
    public void Defaults_are_as_documented_and_valid_with_an_endpoint()
    {
        var options = new UdpTransportOptions { Local = EndpointText.Parse(":0") };

        options.Validate();
        Assert.Equal(4 * 1024 * 1024, options.ReceiveBufferSize);
        Assert.Equal(65535, options.MaximumDatagramSize);
        Assert.Equal(1024, options.SendQueueCapacity);
        Assert.Equal(65536, options.MaximumInternedEndpoints);
        Assert.Equal(TimeSpan.FromMilliseconds(100), options.RebindDelay);
        Assert.Equal(TimeSpan.FromSeconds(5), options.MaximumRebindDelay);
        Assert.Equal(1, options.MulticastTimeToLive);
        Assert.True(options.MulticastLoopback);
        Assert.False(options.Broadcast || options.ReuseAddress);
    }

    [Fact]
    public void Every_error_is_reported_at_once()
    {
        var options = new UdpTransportOptions
        {
            MulticastGroups = [new MulticastGroup(IPAddress.Loopback), null!, new MulticastGroup(IPAddress.Parse("239.1.2.3"), " ")],
            MulticastTimeToLive = 256,
            MulticastInterface = "",
            ReceiveBufferSize = -1,
            SendBufferSize = -2,
            MaximumDatagramSize = 0,
            SendQueueCapacity = 0,
            Scheduler = null!,
            RebindDelay = TimeSpan.FromSeconds(2),
            MaximumRebindDelay = TimeSpan.FromSeconds(1),
            MaximumInternedEndpoints = 15,
            EndpointIdleTimeout = TimeSpan.Zero,
            LoggerFactory = null!,
        };

        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Equal(
            """
            The transport cannot be opened with these options:
            - Neither Local nor Remote is set. Set Local to listen, Remote to be a client.
            - MulticastGroups contains 127.0.0.1, which is not a multicast address. Use one of 224.0.0.0/4 or ff00::/8.
            - MulticastGroups contains null. Remove it.
            - The interface of multicast group 239.1.2.3 is empty. Write an interface's index, name or address, or leave it null.
            - MulticastTimeToLive is 256. Use 0 to 255.
            - MulticastInterface is empty. Write an interface's index, name or address, or leave it null.
            - ReceiveBufferSize is -1. Use 0 to 2147483647.
            - SendBufferSize is -2. Use 0 to 2147483647.
            - MaximumDatagramSize is 0. Use 1 to 65535.
            - SendQueueCapacity is 0. Use 1 to 1000000.
            - Scheduler is null. Leave it at its default or set one.
            - MaximumRebindDelay is shorter than RebindDelay. Make it at least as long.
            - MaximumInternedEndpoints is 15. Use 16 to 16777216.
            - EndpointIdleTimeout is 00:00:00. Use more than zero and at most one day.
            - LoggerFactory is null. Leave it at its default or set one. (Parameter 'options')
            """.ReplaceLineEndings("\n"),
            error.Message);
    }

    [Theory]
    [InlineData("127.0.0.1:1", ":9", "Remote '*:9' is any address.")]
    [InlineData("127.0.0.1:1", "0.0.0.0:9", "Remote '0.0.0.0:9' is any address.")]
    [InlineData("127.0.0.1:1", "127.0.0.1:0", "Remote '127.0.0.1:0' has port 0.")]
    [InlineData("127.0.0.1:1", "255.255.255.255:9", "Remote '255.255.255.255:9' is the broadcast address, and Broadcast is not set")]
    [InlineData("127.0.0.1:1", "[::1]:9", "are of different address families")]
    public void Endpoints_that_do_not_fit_are_errors(string local, string remote, string expected)
    {
        var options = new UdpTransportOptions { Local = EndpointText.Parse(local), Remote = EndpointText.Parse(remote) };

        Assert.Contains(expected, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dual_stack_and_groups_must_fit_the_local_address()
    {
        var v4 = new UdpTransportOptions { Local = EndpointText.Parse("0.0.0.0:0") };

        var dual = Assert.Throws<ArgumentException>((v4 with { DualStack = true }).Validate);
        Assert.Contains("DualStack is set with the IPv4 address '0.0.0.0:0'.", dual.Message, StringComparison.Ordinal);
        var group = Assert.Throws<ArgumentException>((v4 with { MulticastGroups = [MulticastGroup.Parse("ff15::1")] }).Validate);
        Assert.Contains("cannot be joined on the local address 0.0.0.0", group.Message, StringComparison.Ordinal);
        (v4 with { Local = EndpointText.Parse("[::]:0"), MulticastGroups = [MulticastGroup.Parse("239.1.2.3")] }).Validate();
    }

    [Fact]
    public void A_function_that_returns_null_is_an_argument_error()
    {
        Assert.Throws<ArgumentException>(() => UdpTransport.Listen(":0", _ => null!));
        Assert.Throws<ArgumentException>(() => Udp.Listen(":0", _ => null!));
    }

    [Theory]
    [InlineData("239.1.2.3", "239.1.2.3", null)]
    [InlineData(" 239.1.2.3@eth0 ", "239.1.2.3", "eth0")]
    [InlineData("ff15::7@2", "ff15::7", "2")]
    [InlineData("ff02::7%2@eth0", "ff02::7%2", "eth0")]
    public void MulticastGroup_parses(string text, string address, string? name)
    {
        Assert.Equal(new MulticastGroup(IPAddress.Parse(address), name), MulticastGroup.Parse(text));
        Assert.Equal(text.Trim(), MulticastGroup.Parse(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.7")]
    [InlineData("239.1.2.3@")]
    [InlineData("240.0.0.1")]
    [InlineData("fe80::1")]
    [InlineData("x")]
    [InlineData("239.1")]
    [InlineData("0xEF.1.2.3")]
    [InlineData("239.1.2.03")]
    [InlineData("239.1.2.3\0")]
    [InlineData("[ff15::7]")]
    [InlineData("[ff15::7]:9000")]
    [InlineData("ff15::7/64")]
    [InlineData("ff15::1.2.3.04")]
    [InlineData("ff15::7%")]
    public void MulticastGroup_refuses(string text) => Assert.Throws<FormatException>(() => MulticastGroup.Parse(text));
}
