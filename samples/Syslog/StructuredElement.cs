using System.Collections.Immutable;

namespace Syslog;

/// <summary>An element of structured data. A name may come more than once.</summary>
internal sealed record StructuredElement(string Id, ImmutableArray<KeyValuePair<string, string>> Parameters);
