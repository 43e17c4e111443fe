using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReactiveLink.Links;

/// <summary>What the data of a heartbeat says: <c>{"request":number}</c>, or <c>{"reply":number,"held":seconds}</c>.</summary>
internal readonly record struct HeartbeatData(ulong Number, bool IsReply, double Held)
{
    /// <summary>Reads it; false for what is none of ours, whatever it is.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out HeartbeatData data)
    {
        ulong? request = null;
        ulong? reply = null;
        double? held = null;
        data = default;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isRequest = reader.ValueTextEquals("request"u8);
                var isReply = reader.ValueTextEquals("reply"u8);
                var isHeld = reader.ValueTextEquals("held"u8);
                reader.Read();
                if (reader.TokenType != JsonTokenType.Number)
                {
                    if (isRequest || isReply || isHeld)
                    {
                        return false;
                    }

                    reader.Skip();
                }
                else if (isHeld)
                {
                    held = reader.TryGetDouble(out var seconds) ? seconds : null;
                }
                else if (isRequest || isReply)
                {
                    if (!reader.TryGetUInt64(out var number))
                    {
                        return false;
                    }

                    request = isRequest ? number : request;
                    reply = isReply ? number : reply;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON: a codec of the user's need not check what it carries. Or a name with half a surrogate pair.
            return false;
        }

        if (request is not null == reply is not null || (reply is not null && held is null))
        {
            return false;
        }

        data = new HeartbeatData(request ?? reply!.Value, reply is not null, held ?? 0);
        return true;
    }

    public byte[] Write() => Encoding.ASCII.GetBytes(IsReply
        ? string.Create(CultureInfo.InvariantCulture, $$"""{"reply":{{Number}},"held":{{Held:0.0000000}}}""")
        : string.Create(CultureInfo.InvariantCulture, $$"""{"request":{{Number}}}"""));
}
