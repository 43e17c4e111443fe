using System.Collections;
using System.Net;

namespace ReactiveLink.Testing;

/// <summary>
/// Puts fragmented IP packets together, in any order of their parts. Bounded in number, each at most 64 KiB, and in time by the capture's stamps. Parts that
/// overlap make the whole packet invalid (RFC 5722), for IPv4 too.
/// </summary>
internal sealed class FragmentTable(int maximum, TimeSpan timeout, Action<UdpEndpoint, long> incomplete)
{
    private const int LongestPacket = 65_535;

    private readonly Dictionary<Key, Assembly> _assemblies = [];
    private readonly LinkedList<Assembly> _byAge = new();

    /// <summary>Adds a part.</summary>
    /// <returns>The whole payload when this was the last part missing; else null.</returns>
    public byte[]? Add(in IPPacket part, long ticks)
    {
        Expire(ticks);
        var key = new Key(new UdpEndpoint(new IPAddress(part.Source), 0), new UdpEndpoint(new IPAddress(part.Destination), 0), part.Identification, part.Protocol);
        if (!_assemblies.TryGetValue(key, out var assembly))
        {
            if (_assemblies.Count == maximum)
            {
                GiveUp(_byAge.First!.Value);
            }

            assembly = new Assembly(key, ticks);
            _assemblies.Add(key, assembly);
            assembly.Node = _byAge.AddLast(assembly);
        }

        if (!assembly.TryAdd(part))
        {
            GiveUp(assembly);
            return null;
        }

        if (!assembly.IsWhole)
        {
            return null;
        }

        Remove(assembly);
        return assembly.ToArray();
    }

    /// <summary>Nothing more comes: what is not whole never will be.</summary>
    public void Finish()
    {
        while (_byAge.First is { } oldest)
        {
            GiveUp(oldest.Value);
        }
    }

    private void Expire(long ticks)
    {
        while (_byAge.First is { } oldest && ticks - oldest.Value.BornTicks > timeout.Ticks)
        {
            GiveUp(oldest.Value);
        }
    }

    private void GiveUp(Assembly assembly)
    {
        Remove(assembly);
        incomplete(assembly.Key.Source, assembly.BornTicks);
    }

    private void Remove(Assembly assembly)
    {
        _assemblies.Remove(assembly.Key);
        _byAge.Remove(assembly.Node!);
    }

    internal readonly record struct Key(UdpEndpoint Source, UdpEndpoint Destination, uint Identification, int Protocol);

    internal sealed class Assembly(Key key, long bornTicks)
    {
        /// <summary>Parts begin at multiples of this.</summary>
        private const int Unit = 8;

        private readonly BitArray _present = new((LongestPacket / Unit) + 1);
        private byte[] _bytes = [];
        private int _gathered;
        private int _highest;
        private int _total = int.MaxValue;

        public Key Key { get; } = key;

        public long BornTicks { get; } = bornTicks;

        public LinkedListNode<Assembly>? Node { get; set; }

        public bool IsWhole => _gathered == _total;

        public byte[] ToArray() => _bytes[.._total];

        /// <summary>Adds a part; false if it cannot belong to a valid packet together with those before.</summary>
        public bool TryAdd(in IPPacket part)
        {
            var (begin, end) = (part.FragmentOffset, part.FragmentOffset + part.Payload.Length);
            if (begin == end || end > LongestPacket || end > _total || (part.HasMoreFragments && part.Payload.Length % Unit != 0))
            {
                return false;
            }

            var present = CountPresent(begin, end, out var all);
            if (present != 0)
            {
                // The same part again: the network repeats packets, and captures of two interfaces do.
                return present == all && end <= _highest && part.Payload.SequenceEqual(_bytes.AsSpan(begin, end - begin));
            }

            if (!part.HasMoreFragments)
            {
                if (_highest > end)
                {
                    return false;
                }

                _total = end;
            }

            Store(part.Payload, begin, end);
            return true;
        }

        private int CountPresent(int begin, int end, out int all)
        {
            var present = 0;
            all = 0;
            for (var unit = begin / Unit; unit * Unit < end; unit++, all++)
            {
                present += _present[unit] ? 1 : 0;
            }

            return present;
        }

        private void Store(ReadOnlySpan<byte> payload, int begin, int end)
        {
            if (_bytes.Length < end)
            {
                Array.Resize(ref _bytes, Math.Min(LongestPacket, Math.Max(end, _bytes.Length * 2)));
            }

            payload.CopyTo(_bytes.AsSpan(begin));
            for (var unit = begin / Unit; unit * Unit < end; unit++)
            {
                _present[unit] = true;
            }

            _gathered += end - begin;
            _highest = Math.Max(_highest, end);
        }
    }
}
