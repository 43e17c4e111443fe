namespace ReactiveLink;

/// <summary>For how long the memory of a received payload is its subscribers'.</summary>
public enum PayloadMemory
{
    /// <summary>For good: it never changes, and a datagram may be kept, queued and handed to other threads. Costs the payload's own bytes of allocation.</summary>
    Kept,

    /// <summary>
    /// <b>Only during OnNext.</b> Once the call returns, the same memory receives other datagrams: who still reads it sees their bytes. Nothing is
    /// allocated for a datagram. For chains that are synchronous all the way and copy what they keep
    /// (<see cref="Datagram.Keep"/>): no <c>ObserveOn</c>, no <c>Buffer</c>, no <c>await</c> before the last look at the payload.
    /// <c>Resequence</c> and <c>Handle</c> copy the datagrams, frames and messages (typed ones too) that they hold, alone or sequenced. <b>Of a type of your own they cannot know:</b> one that
    /// refers to the payload must copy it before (<c>Select(d => d.Keep())</c> ahead of <c>Parse</c>).
    /// </summary>
    Borrowed,

    /// <summary>As <see cref="Borrowed"/>, and overwrites the memory with 0xDD as soon as OnNext returns, so that a broken promise shows: for tests.</summary>
    BorrowedAndPoisoned,
}
