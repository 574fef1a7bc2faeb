using Cycles.Gateway.Auth;

namespace Cycles.Gateway.Http;

/// <summary>An operation of the protocol.</summary>
/// <param name="Id">The protocol's operationId.</param>
/// <param name="Method">The verb.</param>
/// <param name="Pattern">The path.</param>
/// <param name="Access">Who may.</param>
internal sealed record Operation(string Id, string Method, string Pattern, Access Access);
