using Cycles.Gateway.Auth;

namespace Cycles.Gateway.Http;

/// <summary>An operation of the protocol.</summary>
/// <param name="Id">The protocol's operationId.</param>
/// <param name="Method">The verb.</param>
/// <param name="Pattern">The path.</param>
/// <param name="Access">Who may.</param>
internal sealed record Operation(string Id, string Method, string Pattern, Access Access)
{
    /// <summary>Whether it changes nothing, so that it may be run again.</summary>
    public bool OnlyReads { get; init; } = HttpMethods.IsGet(Method);

    /// <summary>
    /// Whether the grain that does it knows an earlier attempt of the same call for its own (<see cref="Grains.Audit.Origin.CallId"/>), also without an
    /// idempotency key.
    /// </summary>
    public bool RecognizesItself { get; init; }

    /// <summary>
    /// Whether a tenant that does not exist is a wrong argument, 400, and not what is looked for, 404: so it is where the protocol has no 404.
    /// </summary>
    public bool TakesTenantAsArgument { get; init; }
}
