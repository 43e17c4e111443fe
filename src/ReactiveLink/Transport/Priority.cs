namespace ReactiveLink;

/// <summary>The priority of a message: the four levels of the envelope, with their numbers on the wire.</summary>
public enum Priority
{
    /// <summary>1: sent when nothing else waits.</summary>
    Low = 1,

    /// <summary>2: the default.</summary>
    Normal = 2,

    /// <summary>3: before normal.</summary>
    High = 3,

    /// <summary>4: before everything else.</summary>
    Critical = 4,
}
