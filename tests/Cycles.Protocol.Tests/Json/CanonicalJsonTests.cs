using System.Text.Json;
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

    private static string Hash(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CanonicalJson.Hash(document.RootElement);
    }
}
