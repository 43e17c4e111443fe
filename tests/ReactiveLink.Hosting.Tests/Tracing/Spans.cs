using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ReactiveLink.Hosting.Tests.Tracing;

/// <summary>The real SDK of OpenTelemetry, with a processor that keeps what ends.</summary>
internal sealed class Spans : IDisposable
{
    public static readonly ActivitySource Application = new("ReactiveLink.Hosting.Tests");

    private readonly Keeper _keeper = new();
    private readonly TracerProvider _provider;

    public Spans(Sampler? sampler = null) => _provider = Sdk.CreateTracerProviderBuilder()
        .SetSampler(sampler ?? new ParentBasedSampler(new AlwaysOnSampler()))
        .AddSource("ReactiveLink")
        .AddSource(Application.Name)
        .AddProcessor(_keeper)
        .Build();

    public ConcurrentQueue<Activity> Ended => _keeper.Ended;

    public Activity Named(string name) => Assert.Single(Ended, activity => activity.DisplayName == name);

    public void Dispose()
    {
        _provider.Dispose();
        _keeper.Dispose();
    }

    private sealed class Keeper : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Ended { get; } = new();

        public override void OnEnd(Activity data) => Ended.Enqueue(data);
    }
}
