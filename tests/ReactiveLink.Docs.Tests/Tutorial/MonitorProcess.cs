using System.Buffers.Binary;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ReactiveLink.Metrics;

namespace ReactiveLink.Docs.Tests.Tutorial;

/// <summary>The whole tutorial on real sockets, and a device that sends to it.</summary>
internal sealed class MonitorProcess : IAsyncDisposable
{
    private readonly MetricRegistry _registry = new();
    private readonly UdpClient _device = new();
    private readonly CompositeDisposable _subscriptions = [];
    private readonly int _port = FreePort.Next();
    private WebApplication? _web;
    private ushort _number;

    /// <summary>Where its metrics are.</summary>
    public Uri Metrics => new(_web!.Urls.First() + "/metrics");

    public static async Task<MonitorProcess> StartAsync()
    {
        var process = new MonitorProcess();
        var alerts = DeviceMonitor.Monitor(DeviceMonitor.Listen($"127.0.0.1:{process._port}"), process._registry, DefaultScheduler.Instance);
        process._subscriptions.Add(DeviceMonitor.Expose(alerts, process._registry));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        process._web = await DeviceMonitor.ServeAsync(builder, process._registry, "http://127.0.0.1:0");
        return process;
    }

    /// <summary>A datagram of device 7, as another program would make it.</summary>
    public static byte[] Datagram(ushort device, ushort number, double celsius)
    {
        var bytes = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, device);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), number);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(4), (short)(celsius * 100));
        return bytes;
    }

    /// <summary>Device 7 sends one reading.</summary>
    public void Send(double celsius) => _device.Send(Datagram(7, _number++, celsius), "127.0.0.1", _port);

    public async ValueTask DisposeAsync()
    {
        _subscriptions.Dispose();
        _device.Dispose();
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        _registry.Dispose();
    }
}
