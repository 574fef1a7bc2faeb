using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Tests.Json;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[true,null]}""", """ { "b" : [ true , null ] , "a" : 1 } """)]
    [InlineData("""{"a":"é"}""", """{"a":"\u00e9"}""")]
    [InlineData("""{"a":1.50}""", """{"a":1.5}""")]
    [InlineData("""{"a":{"y":1,"x":2}}""", """{"a":{"x":2,"y":1}}""")]
    public void What_means_the_same_has_the_same_hash(string left, string right) => Assert.Equal(Hash(left), Hash(right));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""")]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""")]
    [InlineData("""{"a":null}""", """{}""")]
    [InlineData("""{"a":9223372036854775807}""", """{"a":9223372036854775806}""")]
    public void What_means_something_else_has_another_hash(string left, string right) => Assert.NotEqual(Hash(left), Hash(right));

    /// <summary>Hashes are kept with what they made, for as long as a key may be used again: another release must find the same.</summary>
    [Theory]
    [InlineData("""{"b":[1,2.5,-0.0,1e3],"a":{"é":"<\u00fc>","A":null,"10":true}}""", "1268092bec798dccd6f70a18ede55804")]
    [InlineData("""{"idempotency_key":"step-1","estimate":{"unit":"TOKENS","amount":9223372036854775807}}""", "fa18a83dd18a9015c3d2c14282a3e67d")]
    public void A_hash_stays_what_it_was(string json, string hash) => Assert.Equal(hash, Hash(json));

    [Fact]
    public void The_form_is_the_sorted_one_however_texts_are_escaped() => Gen.Select(Values, Gen.Bool.Array[64]).Sample((value, escapes) =>
    {
        var model = Encoding.UTF8.GetBytes(Sorted(value)?.ToJsonString() ?? "null");
        var next = 0;
        var written = Written(value, () => escapes[next++ % escapes.Length]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(model)[..16]), Hash(written));
    });

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    public void Half_a_surrogate_pair_has_no_hash(string json) => Assert.ThrowsAny<InvalidOperationException>(() => Hash(json));

    [Fact]
    public void A_refused_body_and_a_large_one_leave_nothing_behind()
    {
        var before = Hash("""{"b":1,"a":2}""");
        Assert.ThrowsAny<InvalidOperationException>(() => Hash("""{"x":{"y":"\ud800"}}"""));
        Assert.Equal(before, Hash("""{"a":2,"b":1}"""));
        Hash($$"""{"x":"{{new string('x', 100_000)}}",{{string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"m{i}\":{i}"))}}}""");
        Assert.Equal(before, Hash("""{"a":2,"b":1}"""));
    }

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[Gen.Char["abzAZ09_-.<>&+'\"\\/\u007f\n\u00e9\uffee"], 0, 6], Gen.OneOfConst("\ud83d\ude00", "\ud83d\ude01", "\uffff", ""));

    private static readonly Gen<JsonNode?> Values = Gen.Recursive<JsonNode?>((depth, inner) => depth > 3
        ? Leaf()
        : Gen.Frequency(
            (2, Leaf()),
            (1, inner.Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]))),
            (2, Gen.Dictionary(Texts, inner)[0, 5].Select(members => (JsonNode?)new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())))))));

    private static Gen<JsonNode?> Leaf() => Gen.OneOf<JsonNode?>(
        Gen.Long.Select(number => (JsonNode?)JsonValue.Create(number)),
        Gen.Bool.Select(flag => (JsonNode?)JsonValue.Create(flag)),
        Texts.Select(text => (JsonNode?)JsonValue.Create(text)),
        Gen.Const((JsonNode?)null));

    private static JsonNode? Sorted(JsonNode? value) => value switch
    {
        JsonObject members => new JsonObject(
            members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => value?.DeepClone(),
    };

    private static string Written(JsonNode? value, Func<bool> isEscaped) => value switch
    {
        null => "null",
        JsonObject members => $"{{{string.Join(" , ", members.Select(m => $"{Quoted(m.Key, isEscaped)} : {Written(m.Value, isEscaped)}"))}}}",
        JsonArray items => $"[{string.Join(',', items.Select(item => Written(item, isEscaped)))}]",
        _ when value.GetValueKind() == JsonValueKind.String => Quoted(value.GetValue<string>(), isEscaped),
        _ => value.ToJsonString(),
    };

    private static string Quoted(string text, Func<bool> isEscaped)
    {
        var quoted = new StringBuilder("\"");
        var escapesAll = isEscaped();
        foreach (var unit in text)
        {
            quoted.Append(escapesAll || unit < ' ' || unit is '"' or '\\' ? $"\\u{(int)unit:x4}" : unit.ToString());
        }

        return quoted.Append('"').ToString();
    }

    private static string Hash(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CanonicalJson.Hash(document.RootElement);
    }
}
