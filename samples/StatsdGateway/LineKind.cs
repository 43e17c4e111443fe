namespace StatsdGateway;

/// <summary>What a line says.</summary>
internal enum LineKind
{
    /// <summary><c>c</c>: adds to a total.</summary>
    Counter,

    /// <summary><c>g</c>: sets a value, or changes it where it has a sign.</summary>
    Gauge,

    /// <summary><c>ms</c>: a duration in milliseconds.</summary>
    Timer,

    /// <summary><c>h</c>, <c>d</c>: a value of a distribution.</summary>
    Histogram,

    /// <summary><c>s</c>: a member of a set, of which the different ones are counted.</summary>
    Set,

    /// <summary><c>_e{…}</c>: something happened; counted by its alert type.</summary>
    Event,

    /// <summary><c>_sc</c>: the status of a service; counted by it.</summary>
    ServiceCheck,
}
