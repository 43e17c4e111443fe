namespace Dashboard.Feed;

/// <summary>A message as the page shows it. Every text is cut; what is in it comes from the network.</summary>
/// <param name="At">When it was received: milliseconds since 1970.</param>
/// <param name="Source">The sender's name for itself, or its endpoint.</param>
/// <param name="Type">The message's type.</param>
/// <param name="Sequence">Its sequence number, or null.</param>
/// <param name="Verdict">What sequencing says of it, or null.</param>
/// <param name="Data">The beginning of its data.</param>
internal sealed record MessageRow(long At, string Source, string Type, uint? Sequence, string? Verdict, string Data);
