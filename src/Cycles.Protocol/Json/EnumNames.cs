using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cycles.Protocol.Json;

/// <summary>
/// An enum on the wire: one of its protocol names, to the letter. What the framework's converter also takes, numbers and names in another
/// case, is no value of the protocol's schemas, and is refused like any other unknown one.
/// </summary>
/// <typeparam name="T">The enum, with its names as <see cref="JsonStringEnumMemberNameAttribute"/>.</typeparam>
public sealed class EnumNames<T> : JsonConverter<T>, IEnumNames
    where T : struct, Enum
{
    private static readonly (T Value, JsonEncodedText Name)[] All = Array.ConvertAll(Enum.GetValues<T>(), value => (value, NameOf(value)));

    /// <inheritdoc/>
    public IReadOnlyList<string> Names => Array.ConvertAll(All, member => member.Name.Value);

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Parse(ref reader) : throw new JsonException("expected a name");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Find(value));

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(ref reader);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(Find(value));

    private static T Parse(ref Utf8JsonReader reader)
    {
        foreach (var (value, name) in All)
        {
            if (reader.ValueTextEquals(name.EncodedUtf8Bytes))
            {
                return value;
            }
        }

        throw new JsonException($"not a {typeof(T).Name}");
    }

    private static JsonEncodedText Find(T value)
    {
        foreach (var (known, name) in All)
        {
            if (EqualityComparer<T>.Default.Equals(known, value))
            {
                return name;
            }
        }

        throw new JsonException($"{value} is no {typeof(T).Name}");
    }

    private static JsonEncodedText NameOf(T value)
    {
        // The framework's converter knows how to find the name that a member was given.
        var names = (JsonConverter<T>)new JsonStringEnumConverter<T>().CreateConverter(typeof(T), JsonSerializerOptions.Default);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            names.Write(writer, value, JsonSerializerOptions.Default);
        }

        using var written = JsonDocument.Parse(stream.ToArray());
        return JsonEncodedText.Encode(written.RootElement.GetString()!);
    }
}
