namespace ReactiveLink.Fuzz;

/// <summary>Words of JSON and of the envelope, and what readers of JSON get wrong.</summary>
internal static class JsonTokens
{
    public static readonly byte[][] All =
    [
        "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "\""u8.ToArray(), "null"u8.ToArray(),
        "1e999"u8.ToArray(), "-0"u8.ToArray(), "2147483648"u8.ToArray(), "NaN"u8.ToArray(), "\\ud800"u8.ToArray(), "\\ude80"u8.ToArray(),
        "\\u0000"u8.ToArray(), "\\"u8.ToArray(), "true"u8.ToArray(), "\"metadata\":"u8.ToArray(), "\"data\":"u8.ToArray(), "{}"u8.ToArray(),
        "//x"u8.ToArray(), "/**/"u8.ToArray(), [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x9A, 0x80], [0], [0x80], [0xEF, 0xBB, 0xBF], "\\u006d"u8.ToArray(),
        "\"timestamp\":1e308,"u8.ToArray(), "\"timestamp\":-62135596801,"u8.ToArray(), "\"priority\":2.0,"u8.ToArray(), "\"source\":\"\\ud83d\","u8.ToArray(), "[[[[[[[["u8.ToArray(),
        "0.1e-400"u8.ToArray(), "00"u8.ToArray(), "1."u8.ToArray(), ".5"u8.ToArray(), "\n"u8.ToArray(), "\r\n"u8.ToArray(), "\"__proto__\":"u8.ToArray(), "\"$type\":\"System.Object\","u8.ToArray(),
        "\"$ref\":\"1\","u8.ToArray(), "\"$id\":\"1\","u8.ToArray(), "18446744073709551616"u8.ToArray(),
        "\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\","u8.ToArray(), "\"traceparent\":\"00-\","u8.ToArray(), "\"tracestate\":\"a=1\","u8.ToArray(),
    ];
}
