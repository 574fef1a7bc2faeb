using System.Runtime.InteropServices;
using System.Text.Json;

namespace Cycles.Gateway.Http;

/// <summary>
/// Limits what a caller may write freely: it is kept as it came, and a caller can have it kept again under each new idempotency key. The
/// schemas bound every other member.
/// </summary>
internal static class FreeFormSize
{
    /// <summary>Refuses a body in which a free member is larger than <paramref name="most"/> bytes as JSON.</summary>
    /// <exception cref="ProblemException">400, which names the member, its size and the limit.</exception>
    public static void Check(JsonElement body, int most)
    {
        CheckMember(body, "metadata", "metadata", most);
        if (Find(body, "metrics") is { } metrics)
        {
            CheckMember(metrics, "custom", "metrics.custom", most);
        }

        if (Find(body, "subject") is { } subject && Find(subject, "dimensions") is { } dimensions)
        {
            // How many there are and how long the values are, the schema says.
            var names = 0L;
            foreach (var dimension in dimensions.EnumerateObject())
            {
                names += JsonMarshal.GetRawUtf8PropertyName(dimension).Length;
            }

            Check("The names in subject.dimensions", names, most);
        }
    }

    private static void CheckMember(JsonElement owner, string name, string path, int most)
    {
        if (Find(owner, name) is { } member)
        {
            Check(path, JsonMarshal.GetRawUtf8Value(member).Length, most);
        }
    }

    private static void Check(string what, long bytes, int most)
    {
        if (bytes > most)
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{what} has {bytes} bytes, and at most {most} are kept");
        }
    }

    private static JsonElement? Find(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object
            ? member
            : null;
}
