namespace ReactiveLink.Testing;

/// <summary>
/// The account of reading a capture. It balances: <see cref="Packets"/> + <see cref="Reassembled"/> = <see cref="Datagrams"/> + <see cref="NotUdp"/> +
/// <see cref="UnknownLink"/> + <see cref="Filtered"/> + <see cref="Cut"/> + <see cref="Malformed"/> + <see cref="Fragments"/>.
/// </summary>
/// <param name="Packets">Packets read.</param>
/// <param name="Datagrams">UDP datagrams delivered.</param>
/// <param name="Bytes">Their payload bytes.</param>
/// <param name="NotUdp">Packets that are not UDP over IPv4 or IPv6.</param>
/// <param name="UnknownLink">Packets of a link type that is not read, and packets too large to be UDP (over 256 KiB).</param>
/// <param name="Filtered">Datagrams that the options did not ask for.</param>
/// <param name="Cut">Packets of which the capture kept too little; each a <c>truncated</c> fault.</param>
/// <param name="Malformed">Packets with impossible IP or UDP lengths; each a <c>parse-failed</c> fault.</param>
/// <param name="Fragments">Packets that are a part of a datagram.</param>
/// <param name="Reassembled">Datagrams put together from them.</param>
/// <param name="Incomplete">Datagrams of which parts are missing or overlap; each a <c>truncated</c> fault.</param>
public sealed record CaptureStatistics(
    long Packets,
    long Datagrams,
    long Bytes,
    long NotUdp,
    long UnknownLink,
    long Filtered,
    long Cut,
    long Malformed,
    long Fragments,
    long Reassembled,
    long Incomplete);
