namespace ReactiveLink.Benchmarks.Receive;

/// <summary>
/// One way to receive datagrams in .NET. It lives in a process of its own, receives until the process ends, and does the least
/// that a user of it would do: take each datagram with its remote endpoint, and count it. Add yours to <see cref="ReceiveContestants"/>.
/// </summary>
internal interface IReceiveContestant
{
    /// <summary>The name in the results.</summary>
    string Name { get; }

    /// <summary>Whether it lets the system coalesce segments (UDP_GRO).</summary>
    bool Gro => false;

    /// <summary>Whether it decodes messages: it is then sent JSON envelopes of 263 bytes in frames of 271.</summary>
    bool Envelope => false;

    /// <summary>How many datagrams went through it so far; read from another thread.</summary>
    long Received { get; }

    /// <summary>Binds to a free port of 127.0.0.1 and begins to receive.</summary>
    /// <param name="receiveBufferBytes">The socket's receive buffer (SO_RCVBUF), the same for all.</param>
    /// <returns>The port.</returns>
    int Start(int receiveBufferBytes);
}
