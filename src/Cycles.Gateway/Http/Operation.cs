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
    /// Whether a second attempt of the same call changes nothing, also without an idempotency key: the grain that does it knows the call's id
    /// (<see cref="Contracts.Audit.Origin.Attempt"/>), or answers what is there already.
    /// </summary>
    public bool RecognizesItself { get; init; }

    /// <summary>
    /// Whether a tenant that does not exist is a wrong argument, 400, and not what is looked for, 404: so it is where the protocol has no 404.
    /// </summary>
    public bool TakesTenantAsArgument { get; init; }
}
