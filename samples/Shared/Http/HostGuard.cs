using System.Net;

namespace ReactiveLink.Samples;

/// <summary>
/// Which hosts a request may name. A page of another site that has its own name point at this machine (DNS rebinding) still sends that name: only addresses, localhost, and
/// names that the user gave are answered.
/// </summary>
internal sealed class HostGuard
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "localhost" };
    private readonly bool _any;

    /// <param name="urls">What the server listens on.</param>
    /// <param name="allowedHosts">The setting <c>AllowedHosts</c>: names with semicolons between them, or <c>*</c> for any.</param>
    public HostGuard(IEnumerable<string> urls, string? allowedHosts)
    {
        foreach (var url in urls)
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var parsed))
            {
                _names.Add(parsed.Host);
            }
        }

        foreach (var name in (allowedHosts ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            _any |= name == "*";
            _names.Add(name);
        }
    }

    /// <summary>Whether a host may be named.</summary>
    /// <param name="host">The header, without its port.</param>
    public bool Allows(string? host) =>
        !string.IsNullOrEmpty(host) && (_any || _names.Contains(host) || IPAddress.TryParse(host.Trim('[', ']'), out _));
}
