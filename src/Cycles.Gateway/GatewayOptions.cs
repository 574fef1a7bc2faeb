namespace Cycles.Gateway;

/// <summary>How the gateway is set up (configuration section <c>Cycles</c>, beside the silo's).</summary>
public sealed class GatewayOptions
{
    /// <summary>
    /// The admin key, 16 to 1,024 characters without those blanks that stand around it; null generates one on the first start, which is printed once.
    /// </summary>
    public string? AdminKey { get; set; }

    /// <summary>A file that has the admin key and nothing else, instead of <see cref="AdminKey"/>; null by default.</summary>
    public string? AdminKeyFile { get; set; }

    /// <summary>The largest request body in bytes, 1,024 to 16,777,216; a larger one is answered 413.</summary>
    public int MaxRequestBodyBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// The most bytes of a free member as JSON: <c>metadata</c> of any request, <c>metrics.custom</c>, and the names in <c>subject.dimensions</c>
    /// together; 256 to 1,048,576. A larger one is answered 400. Default 16,384.
    /// </summary>
    public int MaxMetadataBytes { get; set; } = 16 * 1024;

    /// <summary>
    /// The most bytes of the requests under way, each with its body and 16 KB: beyond it a request is answered 503 with <c>Retry-After: 1</c>.
    /// At least 1,048,576, or 0, the default, for a share of the memory that the process may use.
    /// </summary>
    public long MaxBytesInFlight { get; set; }

    /// <summary>The most changes through the admin plane that the keys of one tenant may make at this process, a minute; at least 1. Default 300.</summary>
    public int ChangesPerMinute { get; set; } = 300;

    /// <summary>How long an API key found valid is taken for valid without asking again, at most a second.</summary>
    public TimeSpan ApiKeyCache { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether <c>POST /v1/x-cycles/noop</c> answers: the ceiling that a load test compares against.</summary>
    public bool NoOpEndpoint { get; set; }

    /// <summary>The most requests without a valid key that this process records in the audit log, a minute; at least 1.</summary>
    public int UnauthenticatedAuditPerMinute { get; set; } = 300;

    /// <summary>The most denials of one API key that this process records in the audit log, a minute; at least 1.</summary>
    public int DeniedAuditPerMinute { get; set; } = 60;

    /// <summary>
    /// How long a request that may be repeated (it reads, or has an idempotency key) is begun again when a silo has left or the store is away, 0 to
    /// 60 s; then it is answered 503. The last attempt may take 5 s more.
    /// </summary>
    public TimeSpan RetryPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the process still serves after SIGTERM, 0 to 5 s: it is no longer ready and closes each connection behind its answer, so that clients and
    /// load balancers go elsewhere before it stops to listen.
    /// </summary>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The origins whose pages may call this server from a browser, between commas, each scheme, host and port; null lets none.</summary>
    public string? CorsOrigins { get; set; }
}
