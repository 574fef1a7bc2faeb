using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Cycles.Protocol.Json;

/// <summary>
/// A stable form of a JSON value, after RFC 8785: members sorted by their UTF-16 code units, no white space. Two bodies that say the
/// same have the same hash, whatever the order in which a client wrote them (IDEMPOTENCY: canonical comparison).
/// </summary>
public static class CanonicalJson
{
    private static readonly JsonWriterOptions Compact = new() { SkipValidation = true };

    /// <summary>128 bits of SHA-256 over the canonical form, as 32 hex digits.</summary>
    /// <exception cref="InvalidOperationException">A string holds half a surrogate pair and so has no UTF-8 form.</exception>
    public static string Hash(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            Write(writer, value);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                WriteNumber(writer, value);
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(value.GetString());
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>An int64 keeps all its digits (RFC 8785 alone would round it to a double); anything else is written as a double.</summary>
    private static void WriteNumber(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.TryGetInt64(out var integer))
        {
            writer.WriteNumberValue(integer);
        }
        else if (value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            writer.WriteRawValue(number.ToString("R", CultureInfo.InvariantCulture), skipInputValidation: true);
        }
        else
        {
            value.WriteTo(writer);
        }
    }
}
