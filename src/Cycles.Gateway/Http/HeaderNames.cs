namespace Cycles.Gateway.Http;

/// <summary>The protocol's header names.</summary>
internal static class HeaderNames
{
    public const string RequestId = "X-Request-Id";
    public const string TraceId = "X-Cycles-Trace-Id";
    public const string Tenant = "X-Cycles-Tenant";
    public const string IdempotencyKey = "X-Idempotency-Key";
    public const string ApiKey = "X-Cycles-API-Key";
    public const string RateLimitReset = "X-RateLimit-Reset";
    public const string CascadeStatus = "X-Cycles-Cascade-Status";
    public const string AdminKey = "X-Admin-API-Key";
}
