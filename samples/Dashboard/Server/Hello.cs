using System.Collections.Immutable;
using Dashboard.Feed;

namespace Dashboard.Server;

/// <summary>The first event of a connection: what the page needs to know before anything else.</summary>
/// <param name="Server">Names this run of the server: a page that meets another one begins anew.</param>
/// <param name="Endpoint">Where the link listens.</param>
/// <param name="Frame">Its frame format.</param>
/// <param name="Codec">Its codec.</param>
/// <param name="Origin">Where its traffic comes from, in words.</param>
/// <param name="TickMilliseconds">How often an event comes.</param>
/// <param name="PointsKept">How many points the charts show.</param>
/// <param name="Points">Those so far.</param>
internal sealed record Hello(
    string Server, string Endpoint, string Frame, string Codec, string Origin, int TickMilliseconds, int PointsKept, ImmutableArray<LinkPoint> Points);
