using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;
using Microsoft.Net.Http.Headers;

namespace Cycles.Gateway.Http;

/// <summary>A request body, parsed by its schema.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Hash">The canonical hash of what it says, for idempotency.</param>
internal readonly record struct RequestBody<T>(T Value, string Hash);

/// <summary>Reads bodies.</summary>
internal static class RequestBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = ProtocolJson.MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a body that must be there.</summary>
    /// <param name="http">The request.</param>
    /// <param name="type">Its schema.</param>
    /// <param name="takesNull">Whether a member that is null counts as absent; if not, it is refused.</param>
    /// <param name="look">Is shown whatever JSON it is, also when that is none of the schema.</param>
    /// <exception cref="ProblemException">It is none of this schema.</exception>
    public static async ValueTask<RequestBody<T>> ReadAsync<T>(
        HttpContext http, JsonTypeInfo<T> type, bool takesNull = true, Action<JsonElement>? look = null)
        where T : class
    {
        if (http.Features.Get<Attempt>() is { Body: RequestBody<T> known })
        {
            return known;
        }

        RequireJson(http.Request);
        var content = await ReadToEndAsync(http);
        try
        {
            return Keep(http, Parse(content, type, takesNull, look));
        }
        finally
        {
            http.Request.BodyReader.AdvanceTo(content.End);
        }
    }

    /// <summary>Reads a body that may be absent.</summary>
    /// <exception cref="ProblemException">It is there and none of this schema.</exception>
    public static async ValueTask<T?> ReadOptionalAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if (http.Features.Get<Attempt>() is { Body: RequestBody<T> known })
        {
            return known.Value;
        }

        var content = await ReadToEndAsync(http);
        try
        {
            if (content.IsEmpty)
            {
                return null;
            }

            RequireJson(http.Request);
            return Keep(http, Parse(content, type)).Value;
        }
        finally
        {
            http.Request.BodyReader.AdvanceTo(content.End);
        }
    }

    /// <summary>A body can be read once; a request may have to run again.</summary>
    private static RequestBody<T> Keep<T>(HttpContext http, RequestBody<T> body)
    {
        http.Features.Get<Attempt>()?.Body = body;
        return body;
    }

    private static void RequireJson(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !(type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new ProblemException(
                new Problem(ErrorCode.InvalidRequest, "The body must be application/json in UTF-8"), StatusCodes.Status415UnsupportedMediaType);
        }
    }

    private static async ValueTask<ReadOnlySequence<byte>> ReadToEndAsync(HttpContext http)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await ReadAsync(http, reader);
            if (read.IsCompleted)
            {
                return read.Buffer;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async ValueTask<ReadResult> ReadAsync(HttpContext http, PipeReader reader)
    {
        try
        {
            // Without the request's token: a reset ends the read by itself.
            return await reader.ReadAsync(CancellationToken.None);
        }
        catch (Exception exception)
            when (exception is not (BadHttpRequestException or OperationCanceledException) && !Disconnects.IsDisconnect(http, exception))
        {
            // Kestrel means by it a chunk size that overflows (an IOException) or a chunk trailer that is not UTF-8 (an InvalidOperationException).
            throw new BadHttpRequestException("the body cannot be read", StatusCodes.Status400BadRequest, exception);
        }
    }

    private static RequestBody<T> Parse<T>(
        ReadOnlySequence<byte> content, JsonTypeInfo<T> type, bool takesNull = true, Action<JsonElement>? look = null)
        where T : class
    {
        using var document = ParseJson(content);
        var body = document.RootElement;
        try
        {
            look?.Invoke(body);
            if (!takesNull)
            {
                RefuseNull(body);
            }

            var value = body.Deserialize(type) ?? throw Malformed("$ must be an object");
            return new RequestBody<T>(value, CanonicalJson.Hash(body));
        }
        catch (JsonException exception)
        {
            throw Malformed(SchemaFault.Find(body, type) ?? $"see {exception.Path ?? "$"}");
        }
        catch (InvalidOperationException)
        {
            throw Malformed("it has a text that is not valid Unicode");
        }
    }

    private static JsonDocument ParseJson(ReadOnlySequence<byte> content)
    {
        try
        {
            return JsonDocument.Parse(content, Strict);
        }
        catch (JsonException exception)
        {
            throw Malformed(SyntaxFault.Describe(content, exception));
        }
        catch (InvalidOperationException)
        {
            throw Malformed("it has a text that is not valid Unicode");
        }
    }

    private static void RefuseNull(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in body.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                throw Malformed($"$.{member.Name} must not be null; leave it out to keep what there is");
            }
        }
    }

    private static ProblemException Malformed(string why) => new(new Problem(ErrorCode.InvalidRequest, $"Malformed request body: {why}"));
}
