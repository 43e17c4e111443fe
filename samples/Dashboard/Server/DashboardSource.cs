using System.Reactive.Concurrency;
using ReactiveLink;

namespace Dashboard.Server;

/// <summary>A link to show, and what is said of it.</summary>
/// <param name="Link">The link, opened with <see cref="LinkOptions.StatisticsInterval"/> of the tick.</param>
/// <param name="Frame">Its frame format.</param>
/// <param name="Codec">Its codec.</param>
/// <param name="Origin">Where its traffic comes from, in words.</param>
/// <param name="Scheduler">Its scheduler.</param>
internal sealed record DashboardSource(UdpLink Link, FrameFormat Frame, IMessageCodec Codec, string Origin, IScheduler Scheduler);
