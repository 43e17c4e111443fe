namespace ReactiveLink.Benchmarks.Receive;

/// <summary>What a run of the receive benchmark was asked for.</summary>
/// <param name="Rounds">How many times every contestant has its turn.</param>
/// <param name="WarmUp">Traffic before the window of measurement.</param>
/// <param name="Window">The window of measurement.</param>
/// <param name="Size">Bytes of a datagram.</param>
/// <param name="Rate">Datagrams a second; 0 for flat out.</param>
/// <param name="Envelope">Every contestant is sent message envelopes, whatever the size.</param>
/// <param name="Pin">The generator has a processor to itself.</param>
/// <param name="Portable">No C program is used.</param>
/// <param name="Only">The contestants to run, all if empty.</param>
internal sealed record ReceiveOptions(
    int Rounds, TimeSpan WarmUp, TimeSpan Window, int Size, int Rate, bool Envelope, bool Pin, bool Portable, IReadOnlyList<string> Only);
