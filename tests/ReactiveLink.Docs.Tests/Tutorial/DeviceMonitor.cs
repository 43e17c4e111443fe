using System.Buffers;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ReactiveLink.Metrics;

namespace ReactiveLink.Docs.Tests.Tutorial;

/// <summary>The steps of the tutorial. The tests run them in virtual time and on real sockets, and a real Prometheus reads what comes of them.</summary>
internal static class DeviceMonitor
{
    public static IObservable<Datagram> Listen(string endpoint)
    {
        #region tutorial-listen
        IObservable<Datagram> datagrams = Udp.Listen(endpoint);   // "0.0.0.0:9000"
        #endregion

        return datagrams;
    }

    public static IDisposable Print(IObservable<Datagram> datagrams, Action<string> print)
    {
        #region tutorial-print
        var printing = datagrams.Subscribe(datagram => print($"{datagram.Remote}: {Convert.ToHexString(datagram.Payload.Span)}"));
        #endregion

        return printing;
    }

    public static IObservable<Reading> Parse(IObservable<Datagram> datagrams, MetricRegistry registry)
    {
        #region tutorial-parse
        var malformed = registry.GetOrAddCounter("device_malformed");

        IObservable<Reading> readings = datagrams.Parse<Reading>(Reading.TryParse, faults: Observer.Create<Fault>(fault => malformed.Add()));
        #endregion

        return readings;
    }

    public static IObservable<Reading> Track(IObservable<Reading> readings, MetricRegistry registry, IScheduler scheduler)
    {
        #region tutorial-loss
        var lost = registry.GetOrAddCounter("device_readings_lost");

        IObservable<Reading> fresh = readings
            .TrackSequence(reading => reading.Device, reading => reading.Number, SequenceSpace.UInt16, scheduler: scheduler)
            .Do(reading => lost.Add(reading.Verdict.Lost))
            .Where(reading => reading.Verdict.Kind is not (VerdictKind.Late or VerdictKind.Duplicate))
            .Select(reading => reading.Value);
        #endregion

        return fresh;
    }

    public static IObservable<AlertTransition> Alert(IObservable<Reading> fresh, MetricRegistry registry, IScheduler scheduler)
    {
        #region tutorial-alert
        IObservable<AlertTransition> alerts = fresh
            .PerKey(
                reading => reading.Device,
                reading => reading.Celsius,
                length: TimeSpan.FromSeconds(5),
                every: TimeSpan.FromSeconds(1),
                options: new WindowOptions { EmitEmpty = false },   // silence is not a cool device
                scheduler: scheduler)
            .Where(device => !device.IsOverflow)
            .Do(device => registry.SetOf(device.Key, "device_celsius_p95", device.Window.P95))
            .AlertWhenPerKey(
                device => device.Key,
                device => device.Window.P95,
                AlertCondition.Above(80, clearBelow: 75),
                holdFor: TimeSpan.FromSeconds(2),
                options: new AlertOptions { Rule = "overheating", NoDataAfter = TimeSpan.FromSeconds(3) },
                scheduler: scheduler);
        #endregion

        return alerts;
    }

    #region tutorial-set
    /// <summary>Sets a gauge of a device. Where the registry is full there is none: it refuses and counts, and the stream goes on.</summary>
    internal static void SetOf(this MetricRegistry registry, object? device, string name, double value)
    {
        var tags = MetricTags.Of(("device", $"{device}"));
        if (!registry.Record(name, value, tags) && registry.Register(MetricType.Gauge, name, tags))
        {
            registry.Record(name, value, tags);
        }
    }
    #endregion

    public static IDisposable Expose(IObservable<AlertTransition> alerts, MetricRegistry registry)
    {
        #region tutorial-gauges
        var gauges = alerts.Subscribe(change =>
        {
            registry.SetOf(change.Key, "device_overheating", change.To == AlertState.Firing ? 1 : 0);
            registry.SetOf(change.Key, "device_silent", change.To == AlertState.NoData ? 1 : 0);
        });
        #endregion

        return gauges;
    }

    public static async Task<WebApplication> ServeAsync(WebApplicationBuilder builder, MetricRegistry registry, string url)
    {
        #region tutorial-serve
        var web = builder.Build();
        web.Urls.Add(url);   // "http://127.0.0.1:9464"
        web.MapGet("/metrics", () =>
        {
            var text = new ArrayBufferWriter<byte>();
            registry.WritePrometheus(text);
            return Results.Bytes(text.WrittenMemory, PrometheusText.ContentType);
        });
        await web.StartAsync();
        #endregion

        return web;
    }

    /// <summary>Steps 2 to 4.</summary>
    public static IObservable<AlertTransition> Monitor(IObservable<Datagram> datagrams, MetricRegistry registry, IScheduler scheduler) =>
        Alert(Track(Parse(datagrams, registry), registry, scheduler), registry, scheduler);
}
