using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ReactiveLink.Tests.Transport;

/// <summary>What a machine may lack.</summary>
[Flags]
public enum Capability
{
    None = 0,
    IPv6 = 1,
    Linux = 2,
    MulticastIPv4 = 4,
    MulticastIPv6 = 8,
}

/// <summary>On a class or a method of <see cref="CapableFactAttribute"/> tests: they are skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute(Capability capability) : Attribute
{
    public Capability Capability { get; } = capability;
}

/// <summary>A fact that looks at <see cref="NeedsAttribute"/>, also that of a class which inherits the test.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("ReactiveLink.Tests.Transport.CapableFactDiscoverer", "ReactiveLink.Tests")]
public sealed class CapableFactAttribute : FactAttribute;

/// <summary>A theory that looks at <see cref="NeedsAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("ReactiveLink.Tests.Transport.CapableTheoryDiscoverer", "ReactiveLink.Tests")]
public sealed class CapableTheoryAttribute : TheoryAttribute;

public sealed class CapableFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        Capabilities.MissingFor(testMethod) is { } reason
            ? new XunitSkippedDataRowTestCase(
                DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, reason)
            : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}

public sealed class CapableTheoryDiscoverer(IMessageSink sink) : TheoryDiscoverer(sink)
{
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow) =>
        Capabilities.MissingFor(testMethod) is { } reason
            ? CreateTestCasesForSkippedDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow, reason)
            : base.CreateTestCasesForDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow);
}

/// <summary>What this machine has.</summary>
internal static class Capabilities
{
    private static readonly string? NoIPv6 = FindIPv6();

    /// <summary>An interface, other than the loopback one, that is up and carries multicast of the family.</summary>
    public static NetworkInterface? MulticastInterface(AddressFamily family) => NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(i =>
        i is { OperationalStatus: OperationalStatus.Up, SupportsMulticast: true, NetworkInterfaceType: not NetworkInterfaceType.Loopback }
        && i.GetIPProperties().UnicastAddresses.Any(a => a.Address.AddressFamily == family));

    public static string? MissingFor(ITestMethod method)
    {
        var needs = method.Method.GetCustomAttributes(typeof(NeedsAttribute))
            .Concat(method.TestClass.Class.GetCustomAttributes(typeof(NeedsAttribute)))
            .Select(a => (Capability)Convert.ToInt32(a.GetConstructorArguments().First(), System.Globalization.CultureInfo.InvariantCulture))
            .Aggregate(Capability.None, (all, one) => all | one);
        return Missing(needs);
    }

    private static string? Missing(Capability needs)
    {
        if (needs.HasFlag(Capability.Linux) && !OperatingSystem.IsLinux())
        {
            return "Only Linux does this.";
        }

        if (needs.HasFlag(Capability.IPv6) && NoIPv6 is not null)
        {
            return NoIPv6;
        }

        if (needs.HasFlag(Capability.MulticastIPv4) && MulticastInterface(AddressFamily.InterNetwork) is null)
        {
            return "This machine has no IPv4 multicast interface besides the loopback one.";
        }

        return needs.HasFlag(Capability.MulticastIPv6) && MulticastInterface(AddressFamily.InterNetworkV6) is null
            ? "This machine has no IPv6 multicast interface."
            : null;
    }

    private static string? FindIPv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return null;
        }
        catch (SocketException exception)
        {
            return "This machine cannot bind [::1]: " + exception.Message;
        }
    }
}
