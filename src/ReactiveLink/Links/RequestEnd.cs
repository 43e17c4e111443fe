namespace ReactiveLink.Links;

/// <summary>How a request ended.</summary>
internal enum RequestEnd
{
    Answered,
    Failed,
    TimedOut,
    Cancelled,
}
