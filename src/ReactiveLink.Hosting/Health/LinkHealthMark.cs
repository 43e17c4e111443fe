namespace ReactiveLink.Hosting.Health;

/// <summary>That a link has a health check, and is watched for it from its opening.</summary>
internal sealed class LinkHealthMark;
