namespace ReactiveLink.Fuzz;

/// <summary>All targets.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<Func<FuzzTarget>> All { get; } =
    [
        () => new FrameTarget(),
        () => new ZlibTarget(),
        () => new EnvelopeTarget(),
        () => new JsonDataTarget(),
        () => new EndpointTarget(),
        () => new ControlTarget(),
        () => new CaptureTarget(),
        () => new PrometheusTarget(),
        () => new LinkTarget(),
        () => new HeartbeatTarget(),
        () => new LineTarget(),
        () => new ArgumentTarget(),
        () => new StatsdTarget(),
        () => new SyslogTarget(),
    ];

    public static IEnumerable<string> Names => All.Select(make => make().Name);

    /// <summary>The target of a name, or null.</summary>
    public static Func<FuzzTarget>? Find(string name) => All.FirstOrDefault(make => make().Name == name);
}
