using System.Runtime.InteropServices;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>The kernel's structures on 64-bit machines, by the offsets of its headers.</summary>
public sealed unsafe class LinuxNativeTests
{
    [Fact]
    public void Structures_have_the_kernels_layout()
    {
        Assert.Equal(16, sizeof(LinuxNative.IoVector));
        Assert.Equal(56, sizeof(LinuxNative.MessageHeader));
        Assert.Equal(64, sizeof(LinuxNative.MultiMessageHeader));
        Assert.Equal(8, Offset<LinuxNative.MessageHeader>("NameLength"));
        Assert.Equal(16, Offset<LinuxNative.MessageHeader>("Vectors"));
        Assert.Equal(24, Offset<LinuxNative.MessageHeader>("VectorCount"));
        Assert.Equal(32, Offset<LinuxNative.MessageHeader>("Control"));
        Assert.Equal(40, Offset<LinuxNative.MessageHeader>("ControlLength"));
        Assert.Equal(48, Offset<LinuxNative.MessageHeader>("Flags"));
        Assert.Equal(56, Offset<LinuxNative.MultiMessageHeader>("Length"));
    }

    [CapableFact]
    [Needs(Capability.Linux)]
    public void This_linux_has_recvmmsg() => Assert.True(LinuxNative.CanReceiveMessages());

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
