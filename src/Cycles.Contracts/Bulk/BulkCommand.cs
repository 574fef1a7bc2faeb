using Cycles.Protocol.Identity;
using Cycles.Protocol.Json;

namespace Cycles.Contracts.Bulk;

/// <summary>A validated bulk action.</summary>
[GenerateSerializer, Immutable, Alias("cycles.bulk-command")]
public sealed record BulkCommand
{
    /// <summary>Whose idempotency key it is, and whose audit log tells of it: the tenant, or the admin plane's sentinel.</summary>
    [Id(0)]
    public required string OwnerId { get; init; }

    /// <summary>1 to 128 characters.</summary>
    [Id(1)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The canonical hash of the body.</summary>
    [Id(2)]
    public required string PayloadHash { get; init; }

    /// <summary>How many rows the operator expects.</summary>
    [Id(3)]
    public int? ExpectedCount { get; init; }

    /// <summary>The filter as it was given, for the audit log.</summary>
    [Id(4)]
    public required RawJsonObject Filter { get; init; }

    /// <summary>What to do to tenants; or else <see cref="Budgets"/> is given.</summary>
    [Id(5)]
    public TenantBulkWork? Tenants { get; init; }

    /// <summary>What to do to budgets.</summary>
    [Id(6)]
    public BudgetBulkWork? Budgets { get; init; }

    /// <summary>The key of the grain that runs the action: the same for the same idempotency key.</summary>
    /// <param name="operation">The protocol's operationId; each has keys of its own.</param>
    /// <param name="ownerId">See <see cref="OwnerId"/>.</param>
    /// <param name="idempotencyKey">See <see cref="IdempotencyKey"/>.</param>
    public static string GrainKey(string operation, string ownerId, string idempotencyKey) =>
        DerivedId.Create("blk_", ownerId, $"{operation}|{idempotencyKey}");
}
