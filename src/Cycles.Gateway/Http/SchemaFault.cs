using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cycles.Protocol.Json;

namespace Cycles.Gateway.Http;

/// <summary>
/// Says where a body is not what its schema says, by JSON path, and what is allowed there. Runs only when the body was refused: the serializer's own
/// words name our types, and say neither which member is missing nor which values there are.
/// </summary>
internal static class SchemaFault
{
    private const int MaxNameLength = 64;

    /// <summary>The first fault; null when it is none that a schema knows.</summary>
    public static string? Find(JsonElement body, JsonTypeInfo type)
    {
        try
        {
            return Find(body, type, "$");
        }
        catch (InvalidOperationException)
        {
            // A name that is not valid Unicode.
            return null;
        }
    }

    private static string? Find(JsonElement element, JsonTypeInfo type, string path)
    {
        type = Nullable.GetUnderlyingType(type.Type) is { } underlying ? type.Options.GetTypeInfo(underlying) : type;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => element.ValueKind == JsonValueKind.Object ? FindInObject(element, type, path) : $"{path} must be an object",
            JsonTypeInfoKind.Enumerable => element.ValueKind == JsonValueKind.Array ? FindInArray(element, type, path) : $"{path} must be an array",
            JsonTypeInfoKind.Dictionary => element.ValueKind == JsonValueKind.Object ? FindInDictionary(element, type, path) : $"{path} must be an object",
            _ => CanRead(element, type) ? null : $"{path} must be {Describe(element, type)}",
        };
    }

    private static string? FindInObject(JsonElement element, JsonTypeInfo type, string path)
    {
        var missing = type.Properties
            .Where(property => property.IsRequired && !element.TryGetProperty(property.Name, out _))
            .Select(property => Join(path, property.Name))
            .ToArray();
        if (missing.Length > 0)
        {
            return $"{string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} missing";
        }

        foreach (var member in element.EnumerateObject())
        {
            var place = Join(path, member.Name);
            if (type.Properties.FirstOrDefault(property => property.Name == member.Name) is not { } property)
            {
                return $"{place} is not a member of this schema";
            }

            var found = member.Value.ValueKind == JsonValueKind.Null
                ? FindInNull(property, place)
                : Find(member.Value, property.Options.GetTypeInfo(property.PropertyType), place);
            if (found is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? FindInNull(JsonPropertyInfo property, string path) =>
        property.IsSetNullable && (!property.PropertyType.IsValueType || Nullable.GetUnderlyingType(property.PropertyType) is not null)
            ? null
            : $"{path} must not be null";

    private static string? FindInArray(JsonElement element, JsonTypeInfo type, string path)
    {
        var items = type.Options.GetTypeInfo(type.ElementType!);
        var i = 0;
        foreach (var item in element.EnumerateArray())
        {
            var place = $"{path}[{i++}]";
            if (item.ValueKind != JsonValueKind.Null && Find(item, items, place) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? FindInDictionary(JsonElement element, JsonTypeInfo type, string path)
    {
        var values = type.Options.GetTypeInfo(type.ElementType!);
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && Find(member.Value, values, Join(path, member.Name)) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static bool CanRead(JsonElement element, JsonTypeInfo type)
    {
        try
        {
            // Moments have a converter at each member, not one of their type.
            return type.Type == typeof(DateTimeOffset)
                ? element.ValueKind == JsonValueKind.String && Rfc3339.TryParse(element.GetString(), out _)
                : element.Deserialize(type) is not null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static string Describe(JsonElement element, JsonTypeInfo type) => type.Converter is IEnumNames names
        ? $"one of {string.Join(", ", names.Names)}"
        : Type.GetTypeCode(type.Type) switch
        {
            TypeCode.String => element.ValueKind == JsonValueKind.String ? "valid Unicode" : "a string",
            TypeCode.Boolean => "true or false",
            TypeCode.Int32 => "a whole number of 32 bits",
            TypeCode.Int64 => "a whole number of 64 bits",
            TypeCode.Double or TypeCode.Decimal => "a number",
            _ => type.Type == typeof(DateTimeOffset) ? "a date-time of RFC 3339 such as 2026-01-31T09:30:00Z" : "an object",
        };

    /// <summary>A path in the manner of JSONPath; names of the caller's own are shortened.</summary>
    private static string Join(string path, string name)
    {
        var isPlain = name.Length is > 0 and <= MaxNameLength && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
        return isPlain ? $"{path}.{name}" : $"{path}['{(name.Length > MaxNameLength ? name[..MaxNameLength] + "…" : name)}']";
    }
}
