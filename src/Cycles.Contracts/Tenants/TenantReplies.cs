using Cycles.Protocol.Errors;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Tenants;

namespace Cycles.Contracts.Tenants;

/// <summary>A tenant, or why not.</summary>
/// <param name="Problem">Why not.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="IsNew">Whether this call made it.</param>
/// <param name="IsCascading">Whether what the closed tenant owned is still being ended; that goes on by itself.</param>
[GenerateSerializer, Immutable, Alias("cycles.tenant-reply")]
public readonly record struct TenantReply(
    [property: Id(0)] Problem? Problem,
    [property: Id(1)] Tenant? Tenant,
    [property: Id(2)] bool IsNew = false,
    [property: Id(3)] bool IsCascading = false);

/// <summary>A new key with its secret, or why not.</summary>
/// <param name="Problem">Why not.</param>
/// <param name="Key">The key.</param>
[GenerateSerializer, Immutable, Alias("cycles.api-key-create-reply")]
public readonly record struct ApiKeyCreateReply([property: Id(0)] Problem? Problem, [property: Id(1)] ApiKeyCreateResponse? Key);

/// <summary>A key, or why not.</summary>
/// <param name="Problem">Why not.</param>
/// <param name="Key">The key.</param>
[GenerateSerializer, Immutable, Alias("cycles.api-key-reply")]
public readonly record struct ApiKeyReply([property: Id(0)] Problem? Problem, [property: Id(1)] ApiKey? Key);

/// <summary>A policy, or why not.</summary>
/// <param name="Problem">Why not.</param>
/// <param name="Policy">The policy.</param>
[GenerateSerializer, Immutable, Alias("cycles.policy-reply")]
public readonly record struct PolicyReply([property: Id(0)] Problem? Problem, [property: Id(1)] Policy? Policy);
