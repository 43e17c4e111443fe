namespace ReactiveLink.Tests.Messages;

/// <summary>Changes that keep most of a payload's structure, so that they reach beyond the first check.</summary>
internal sealed class PayloadMutator(int seed)
{
    private static readonly byte[][] Tokens =
    [
        "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "\""u8.ToArray(), "null"u8.ToArray(),
        "1e999"u8.ToArray(), "-0"u8.ToArray(), "2147483648"u8.ToArray(), "NaN"u8.ToArray(), "\\ud800"u8.ToArray(), "\\ude80"u8.ToArray(),
        "\\u0000"u8.ToArray(), "\\"u8.ToArray(), "true"u8.ToArray(), "\"metadata\":"u8.ToArray(), "\"data\":"u8.ToArray(), "{}"u8.ToArray(),
        "//x"u8.ToArray(), [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x9A, 0x80], [0], [0x80],
    ];

    private readonly Random _random = new(seed);

    public byte[] Mutate(byte[] payload)
    {
        var bytes = new List<byte>(payload);
        for (var changes = _random.Next(1, 4); changes > 0; changes--)
        {
            Change(bytes);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(_random.Next(1, 24), bytes.Count - at);
        switch (_random.Next(5))
        {
            case 0:
                bytes.InsertRange(at, Tokens[_random.Next(Tokens.Length)]);
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 3:
                bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            default:
                bytes.RemoveRange(at, length);
                bytes.InsertRange(at, Tokens[_random.Next(Tokens.Length)]);
                break;
        }
    }
}
