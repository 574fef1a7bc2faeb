using System.Text;
using System.Text.Json.Nodes;

namespace Cycles.Bench.Load;

/// <summary>A whole HTTP request with a gap where the idempotency key goes. The key's length is fixed, so the body's is too.</summary>
internal sealed record RequestTemplate(string BeforeKey, string AfterKey)
{
    /// <summary>8 characters of the run, the thread's digit and 9 digits of the count, with dashes between.</summary>
    public const int KeyLength = 20;

    private const string Gap = "~";

    /// <summary>A POST of <paramref name="body"/>, which gets the idempotency key as its first member.</summary>
    public static RequestTemplate Post(Uri address, string path, string keySecret, JsonObject body)
    {
        var withGap = new JsonObject { ["idempotency_key"] = Gap };
        foreach (var (name, value) in body)
        {
            withGap[name] = value?.DeepClone();
        }

        var json = withGap.ToJsonString();
        var length = Encoding.UTF8.GetByteCount(json) - Gap.Length + KeyLength;
        var at = json.IndexOf(Gap, StringComparison.Ordinal);
        var head = $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\n"
            + $"X-Cycles-API-Key: {keySecret}\r\nContent-Length: {length}\r\n\r\n";
        return new RequestTemplate(head + json[..at], json[(at + Gap.Length)..]);
    }
}
