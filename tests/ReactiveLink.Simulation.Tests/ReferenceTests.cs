using System.IO.Compression;
using ReactiveLink.Simulation.Reference;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Tests;

/// <summary>The references against what is known elsewhere: test vectors, another library, timelines worked out by hand.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Crc_of_the_check_string() => Assert.Equal(0xCBF43926u, ReferenceCrc.Of("123456789"u8));

    [Fact]
    public void Inflate_reads_what_another_library_writes()
    {
        var draw = new Draw(1, "inflate");
        foreach (var level in Enum.GetValues<CompressionLevel>())
        {
            for (var round = 0; round < 100; round++)
            {
                var bytes = new byte[draw.Between(0, 3000)];
                for (var index = 0; index < bytes.Length; index++)
                {
                    bytes[index] = (byte)draw.Between(0, round % 4 == 0 ? 255 : 3);
                }

                var stream = Compress(bytes, level);

                Assert.Equal(bytes, ReferenceInflate.Read(stream, 3000).Bytes);
                Assert.Null(ReferenceInflate.Read(stream.AsSpan(..^1), 3000).Bytes);
                Assert.Null(ReferenceInflate.Read([.. stream, 0], 3000).Bytes);
                Assert.Equal(bytes.Length > 0, ReferenceInflate.Read(stream, bytes.Length - 1) is (null, true));
            }
        }
    }

    [Fact]
    public void Inflate_finds_damage()
    {
        var bytes = new byte[300];
        var stream = Compress(bytes, CompressionLevel.Optimal);
        var unnoticed = 0;
        for (var bit = 0; bit < stream.Length * 8; bit++)
        {
            stream[bit / 8] ^= (byte)(1 << (bit % 8));
            var read = ReferenceInflate.Read(stream, 1000).Bytes;
            unnoticed += read is null ? 0 : 1;
            Assert.True(read is null || read.AsSpan().SequenceEqual(bytes));
            stream[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        // Only the bits between the end of the last block and the next byte have no meaning.
        Assert.InRange(unnoticed, 0, 7);
    }

    [Fact]
    public void Sequence_by_hand()
    {
        var options = new SequenceOptions { MaximumDropout = 10, MaximumMisorder = 4, Probation = 2 };
        var sequence = new ReferenceSequence(SequenceSpace.UInt8, options);

        var verdicts = new ulong[] { 200, 253, 254, 255, 1, 0, 0, 252, 250, 100, 2, 101, 50, 51, 50, 49, 60, 71, 70 }.Select(number => sequence.Observe(number).ToString());

        Assert.Equal(
            [
                "in-order", "in-order", "in-order", "in-order", "gap(1)", "late", "duplicate", "late", "late", "late", "in-order", "late", "late", "restart", "duplicate", "late", "gap(8)", "late",
                "late",
            ],
            verdicts);
        Assert.Equal(new SequenceStatistics(InOrder: 5, Gaps: 2, Lost: 8, Duplicates: 2, Late: 9, Restarts: 1), sequence.Statistics);
        Assert.Equal(1, sequence.Wraps);
    }

    [Fact]
    public void Resequencing_by_hand()
    {
        var peer = new object();
        var reference = new ReferenceResequence(peer, SequenceSpace.UInt8, maximumDropout: 100, depth: 3, TimeSpan.FromTicks(100));
        List<ReferenceOutput> output = [];

        reference.Accept(254, Verdict.InOrder, 0, output);
        reference.Accept(0, Verdict.Gap(1), 10, output);
        reference.Accept(1, Verdict.InOrder, 20, output);
        Assert.Equal(110, reference.Deadline);
        reference.Accept(255, Verdict.Late, 30, output);
        reference.Accept(4, Verdict.Gap(2), 40, output);
        reference.Expire(139, output);
        Assert.Equal(4, output.Count);
        reference.Expire(140, output);
        reference.Accept(3, Verdict.Late, 150, output);

        Assert.Equal(
            [(254UL, Verdict.InOrder, null), (255, Verdict.InOrder, null), (0, Verdict.InOrder, null), (1, Verdict.InOrder, null), (4, Verdict.Gap(2), null), (3, default(Verdict), FaultReason.TooLate)],
            output.Select(item => (item.Sequence, item.Verdict, item.Refused)));
    }

    private static byte[] Compress(byte[] bytes, CompressionLevel level)
    {
        var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, level))
        {
            zlib.Write(bytes);
        }

        return stream.ToArray();
    }
}
