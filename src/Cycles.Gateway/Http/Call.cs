using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;
using Cycles.Gateway.Auth;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Tenants;
using Microsoft.Extensions.Options;

namespace Cycles.Gateway.Http;

/// <summary>One authenticated request.</summary>
/// <param name="Http">The request.</param>
/// <param name="Caller">Who calls.</param>
/// <param name="Operation">What is called.</param>
internal readonly record struct Call(HttpContext Http, Caller Caller, Operation Operation)
{
    private const int MaxUserAgentLength = 512;

    /// <summary>The caller, as it is recorded with a change.</summary>
    public Origin Origin
    {
        get
        {
            var correlation = Http.Features.Get<Correlation>()!;
            var userAgent = Http.Request.Headers.UserAgent.ToString();
            return new Origin
            {
                Operation = Operation.Id,
                Actor = Caller.ActorIn(Operation.Access),
                KeyId = Caller.Key?.Key.KeyId,
                SourceIp = Http.Connection.RemoteIpAddress?.ToString(),
                UserAgent = userAgent.Length switch
                {
                    0 => null,
                    > MaxUserAgentLength => userAgent[..MaxUserAgentLength],
                    _ => userAgent,
                },
                RequestId = correlation.RequestId,
                TraceId = correlation.TraceId,
                Attempt = Attempt,
            };
        }
    }

    /// <summary>Which attempt at the request this is.</summary>
    public CallAttempt Attempt => Http.Features.Get<Attempt>() is { } attempt ? new CallAttempt(attempt.CallId, attempt.Number) : default;

    public QueryParameters Query => new(Http.Request.Query);

    /// <summary>
    /// Says which tenant the admin names: whose log a refusal belongs in, whatever it is for. An API key's tenant is known.
    /// </summary>
    public void Concerns(string tenantId)
    {
        if (Caller.IsAdmin)
        {
            Http.Response.Headers[HeaderNames.Tenant] = tenantId;
        }
    }

    public string Route(string name) => (string)Http.Request.RouteValues[name]!;

    /// <summary>Reads the body of an operation with an idempotency key; the header, when it is there, must say the same.</summary>
    public async ValueTask<RequestBody<T>> ReadAsync<T>(JsonTypeInfo<T> type, Func<T, string?>? idempotencyKey = null)
        where T : class
    {
        var body = await RequestBody.ReadAsync(Http, type, look: Look);
        if (idempotencyKey is not null)
        {
            var key = idempotencyKey(body.Value);
            if (Http.Request.Headers.TryGetValue(HeaderNames.IdempotencyKey, out var header) && header != key)
            {
                Refuse(ErrorCode.InvalidRequest, "X-Idempotency-Key and the body's idempotency_key must be the same");
            }

            if (!string.IsNullOrEmpty(key))
            {
                Http.Features.Get<Attempt>()!.HasKey();
            }
        }

        return body;
    }

    /// <summary>
    /// Reads the body of a change, where a null member is refused: the protocol has no null, and a client that sends one may mean "leave it" or
    /// "remove it". A limit must not be lost over that.
    /// </summary>
    public async ValueTask<T> ReadChangeAsync<T>(JsonTypeInfo<T> type)
        where T : class => (await RequestBody.ReadAsync(Http, type, takesNull: false, look: CheckSizes)).Value;

    private void Look(JsonElement body)
    {
        if (Caller.IsAdmin)
        {
            NoteTenant(body);
        }

        CheckSizes(body);
    }

    private void CheckSizes(JsonElement body) =>
        FreeFormSize.Check(body, Http.RequestServices.GetRequiredService<IOptions<GatewayOptions>>().Value.MaxMetadataBytes);

    /// <summary>
    /// Notes the tenant that a body names, be the body otherwise right or wrong: its own, or that of the filter of a bulk action. What path
    /// and query have named goes before it.
    /// </summary>
    private void NoteTenant(JsonElement body)
    {
        if (Http.Response.Headers.ContainsKey(HeaderNames.Tenant))
        {
            return;
        }

        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("filter", out var filter))
        {
            body = filter;
        }

        if (body.ValueKind == JsonValueKind.Object
            && body.TryGetProperty("tenant_id", out var named)
            && named.ValueKind == JsonValueKind.String
            && named.GetString() is { } tenantId
            && TenantIds.IsValid(tenantId))
        {
            Concerns(tenantId);
        }
    }

    [DoesNotReturn]
    public static void Refuse(ErrorCode code, string message) => throw new ProblemException(new Problem(code, message));
}
