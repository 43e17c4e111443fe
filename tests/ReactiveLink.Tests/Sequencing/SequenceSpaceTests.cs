namespace ReactiveLink.Tests.Sequencing;

public sealed class SequenceSpaceTests
{
    private static readonly SequenceSpace[] All =
        [SequenceSpace.UInt8, SequenceSpace.UInt16, SequenceSpace.UInt24, SequenceSpace.UInt32, SequenceSpace.UInt64];

    [Fact]
    public void Widths_and_largest_numbers()
    {
        Assert.Equal([8, 16, 24, 32, 64], All.Select(space => space.Bits));
        Assert.Equal([0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, ulong.MaxValue], All.Select(space => space.Mask));
        Assert.Equal("UInt24", SequenceSpace.UInt24.ToString());
    }

    [Fact]
    public void Next_wraps_in_every_space()
    {
        foreach (var space in All)
        {
            Assert.Equal(1UL, space.Next(0));
            Assert.Equal(space.Mask, space.Next(space.Mask - 1));
            Assert.Equal(0UL, space.Next(space.Mask));
        }
    }

    [Fact]
    public void Distance_goes_the_shorter_way_in_every_space()
    {
        foreach (var space in All)
        {
            var half = (space.Mask >> 1) + 1;
            Assert.Equal(0, space.Distance(5, 5));
            Assert.Equal(1, space.Distance(space.Mask, 0));
            Assert.Equal(-1, space.Distance(0, space.Mask));
            Assert.Equal(7, space.Distance(space.Mask - 3, 3));
            Assert.Equal(-7, space.Distance(3, space.Mask - 3));
            Assert.Equal((long)(half - 1), space.Distance(10, space.Add(10, half - 1)));
            Assert.Equal(unchecked(-(long)half), space.Distance(10, space.Add(10, half)));
            Assert.Equal(unchecked(-(long)(half - 1)), space.Distance(10, space.Add(10, half + 1)));
        }
    }

    // RFC 1982 section 5.2, the examples of an 8-bit space.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(44, 0)]
    [InlineData(100, 0)]
    [InlineData(100, 44)]
    [InlineData(200, 100)]
    [InlineData(255, 200)]
    [InlineData(0, 255)]
    [InlineData(100, 255)]
    [InlineData(0, 200)]
    [InlineData(44, 200)]
    public void Rfc1982_comparison_examples(ulong greater, ulong less)
    {
        Assert.True(SequenceSpace.UInt8.Compare(greater, less) > 0);
        Assert.True(SequenceSpace.UInt8.Compare(less, greater) < 0);
        Assert.Equal(0, SequenceSpace.UInt8.Compare(less, less));
    }

    // RFC 1982 section 5.2, addition in an 8-bit space.
    [Theory]
    [InlineData(255, 1, 0)]
    [InlineData(100, 100, 200)]
    [InlineData(200, 100, 44)]
    public void Rfc1982_addition_examples(ulong number, ulong count, ulong sum) => Assert.Equal(sum, SequenceSpace.UInt8.Add(number, count));

    [Fact]
    public void Half_the_space_apart_each_comes_before_the_other()
    {
        Assert.True(SequenceSpace.UInt8.Compare(0, 128) < 0);
        Assert.True(SequenceSpace.UInt8.Compare(128, 0) < 0);
        Assert.True(SequenceSpace.UInt64.Compare(0, 1UL << 63) < 0);
    }

    [Fact]
    public void Bits_outside_the_space_do_not_count()
    {
        Assert.Equal(1, SequenceSpace.UInt8.Distance(0x1FF, 0x300));
        Assert.Equal(0UL, SequenceSpace.UInt16.Next(0xABFFFF));
        Assert.Equal(2UL, SequenceSpace.UInt24.Add(0xFF000001, 1));
    }
}
