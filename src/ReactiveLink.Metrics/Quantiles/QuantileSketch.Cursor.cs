using ReactiveLink.Metrics.Quantiles;

namespace ReactiveLink.Metrics;

/// <content>Finding the bucket of a rank.</content>
public sealed partial class QuantileSketch
{
    /// <summary>Walks the buckets from the lowest value to the highest, and back.</summary>
    private ref struct Cursor(QuantileSketch sketch)
    {
        private const int Block = 16;

        private readonly QuantileSketch _sketch = sketch;
        private readonly ReadOnlySpan<long> _negative = sketch._buckets.Region(negative: true);
        private readonly ReadOnlySpan<long> _positive = sketch._buckets.Region(negative: false);

        // Positions 0 to n − 1 are the negative region from its end to its start, n the zeros, from n + 1 on the positive region. The cursor is on the position
        // before _next; before it lie _before values, up to and with it _reached.
        private int _next;
        private long _before;
        private long _reached;

        /// <summary>The value of a rank.</summary>
        /// <param name="rank">The rank, 1 to the count.</param>
        /// <param name="hint">The bucket where to look first; becomes the bucket of the rank.</param>
        public double ValueAt(long rank, ref BucketHint hint)
        {
            if (!hint.IsNone && PositionOf(hint.Code) is var position && position >= _next)
            {
                _before = _reached + CountBetween(_next, position);
                _reached = _before + CountAt(position);
                _next = position + 1;
            }

            while (rank <= _before)
            {
                _next--;
                _reached = _before;
                _before -= CountAt(_next - 1);
            }

            if (_reached < rank)
            {
                Advance(rank);
            }

            int code = CodeHere();
            if (code != hint.Code)
            {
                hint = new BucketHint(code, ValueOf(code));
            }

            // The outermost buckets' values may lie outside what was seen; nearer to the extremes is nearer to the truth.
            return Math.Min(Math.Max(hint.Value, _sketch._minimum), _sketch._maximum);
        }

        private void Advance(long rank)
        {
            var reached = _reached;
            var next = _next;

            // A block that ends before the rank is passed over as a whole.
            while (next <= _negative.Length - Block
                && CountSpans.Sum(_negative.Slice(_negative.Length - next - Block, Block)) is var sum && reached + sum < rank)
            {
                reached += sum;
                next += Block;
            }

            var before = reached;
            while (reached < rank && next < _negative.Length)
            {
                before = reached;
                next++;
                reached += _negative[^next];
            }

            if (reached < rank && next == _negative.Length)
            {
                before = reached;
                next++;
                reached += _sketch._zeros;
            }

            var first = _negative.Length + 1;
            if (reached < rank)
            {
                var i = next - first;
                while (i <= _positive.Length - Block && CountSpans.Sum(_positive.Slice(i, Block)) is var sum && reached + sum < rank)
                {
                    reached += sum;
                    i += Block;
                }

                do
                {
                    before = reached;
                    reached += _positive[i++];
                }
                while (reached < rank);
                next = first + i;
            }

            (_next, _before, _reached) = (next, before, reached);
        }

        // Negative if the bucket's count is not kept.
        private readonly int PositionOf(int code)
        {
            if (code == 0)
            {
                return _negative.Length;
            }

            var slot = Math.Abs(code) - 1 - _sketch._buckets.FirstIndex(negative: code < 0);
            var region = code < 0 ? _negative : _positive;
            return (uint)slot >= (uint)region.Length ? -1 : code < 0 ? region.Length - 1 - slot : _negative.Length + 1 + slot;
        }

        private readonly long CountAt(int position) =>
            position < _negative.Length ? _negative[_negative.Length - 1 - position]
            : position == _negative.Length ? _sketch._zeros
            : _positive[position - _negative.Length - 1];

        // From a position up to another, which does not count.
        private readonly long CountBetween(int from, int to)
        {
            var zeros = _negative.Length;
            var count = 0L;
            if (from < zeros)
            {
                var end = Math.Min(to, zeros);
                count += CountSpans.Sum(_negative[(zeros - end)..(zeros - from)]);
            }

            if (from <= zeros && to > zeros)
            {
                count += _sketch._zeros;
            }

            if (to > zeros + 1)
            {
                var start = Math.Max(from, zeros + 1);
                count += CountSpans.Sum(_positive[(start - zeros - 1)..(to - zeros - 1)]);
            }

            return count;
        }

        private readonly int CodeHere()
        {
            var position = _next - 1;
            return position < _negative.Length ? -(_sketch._buckets.FirstIndex(negative: true) + _negative.Length - position)
                : position == _negative.Length ? 0
                : _sketch._buckets.FirstIndex(negative: false) + position - _negative.Length;
        }

        private readonly double ValueOf(int code) =>
            code == 0 ? 0 : code < 0 ? -_sketch._mapping.ValueOf(-code - 1) : _sketch._mapping.ValueOf(code - 1);
    }
}
