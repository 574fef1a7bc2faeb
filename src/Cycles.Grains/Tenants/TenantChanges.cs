using System.Text.Json.Nodes;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Keys;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Tenants;

/// <summary>The records that the administration of a tenant makes: pure, from one to the next.</summary>
internal static class TenantChanges
{
    private static readonly TimeSpan DefaultKeyLifetime = TimeSpan.FromDays(90);

    public static Tenant Create(TenantCreateRequest request, DateTimeOffset now) => new()
    {
        TenantId = request.TenantId,
        Name = request.Name,
        Status = TenantStatus.Active,
        ParentTenantId = request.ParentTenantId,
        DefaultCommitOveragePolicy = request.DefaultCommitOveragePolicy ?? OveragePolicy.AllowIfAvailable,
        DefaultReservationTtlMs = request.DefaultReservationTtlMs ?? Tenant.DefaultTtlMs,
        MaxReservationTtlMs = request.MaxReservationTtlMs ?? Tenant.DefaultMaxTtlMs,
        MaxReservationExtensions = request.MaxReservationExtensions ?? Tenant.DefaultMaxExtensions,
        ReservationExpiryPolicy = request.ReservationExpiryPolicy ?? ExpiryPolicy.AutoRelease,
        Metadata = request.Metadata,
        CreatedAt = now,
    };

    /// <returns>Why the transition is not allowed, or null.</returns>
    public static Problem? CheckUpdate(Tenant tenant, TenantUpdateRequest request) =>
        tenant.Status == TenantStatus.Closed && request.Status is not (null or TenantStatus.Closed)
            ? new Problem(ErrorCode.InvalidRequest, "Cannot transition from CLOSED")
            : null;

    public static Tenant Update(Tenant tenant, TenantUpdateRequest request, DateTimeOffset now)
    {
        var status = request.Status ?? tenant.Status;
        var changed = tenant with
        {
            Name = request.Name ?? tenant.Name,
            Status = status,
            Metadata = request.Metadata ?? tenant.Metadata,
            DefaultCommitOveragePolicy = request.DefaultCommitOveragePolicy ?? tenant.DefaultCommitOveragePolicy,
            DefaultReservationTtlMs = request.DefaultReservationTtlMs ?? tenant.DefaultReservationTtlMs,
            MaxReservationTtlMs = request.MaxReservationTtlMs ?? tenant.MaxReservationTtlMs,
            MaxReservationExtensions = request.MaxReservationExtensions ?? tenant.MaxReservationExtensions,
            SuspendedAt = status == TenantStatus.Suspended && tenant.Status != status ? now : tenant.SuspendedAt,
            ClosedAt = status == TenantStatus.Closed && tenant.Status != status ? now : tenant.ClosedAt,
        };
        return changed == tenant ? tenant : changed with { UpdatedAt = now };
    }

    /// <summary>What the audit log says of a change: which members it changed, and the status before and after when that is among them.</summary>
    public static JsonObject Describe(Tenant before, Tenant after)
    {
        var changed = new JsonArray();
        var metadata = new JsonObject { ["changed_fields"] = changed };
        Add("name", before.Name == after.Name);
        Add("status", before.Status == after.Status);
        Add("metadata", AreEqual(before.Metadata ?? [], after.Metadata ?? []));
        Add("default_commit_overage_policy", before.DefaultCommitOveragePolicy == after.DefaultCommitOveragePolicy);
        Add("default_reservation_ttl_ms", before.DefaultReservationTtlMs == after.DefaultReservationTtlMs);
        Add("max_reservation_ttl_ms", before.MaxReservationTtlMs == after.MaxReservationTtlMs);
        Add("max_reservation_extensions", before.MaxReservationExtensions == after.MaxReservationExtensions);
        if (before.Status != after.Status)
        {
            metadata["prior_status"] = before.Status.ToString().ToUpperInvariant();
            metadata["new_status"] = after.Status.ToString().ToUpperInvariant();
        }

        return metadata;

        void Add(string name, bool isSame)
        {
            if (!isSame)
            {
                changed.Add((JsonNode)name);
            }
        }
    }

    public static BudgetRecord CreateBudget(string ledgerId, string tenantId, ScopePath scope, BudgetCreateRequest request, DateTimeOffset now) => new()
    {
        LedgerId = ledgerId,
        TenantId = tenantId,
        Scope = scope.Value,
        Unit = request.Unit,
        Status = BudgetStatus.Active,
        OverdraftLimit = request.OverdraftLimit?.Value ?? 0,
        CommitOveragePolicy = request.CommitOveragePolicy,
        RolloverPolicy = request.RolloverPolicy ?? RolloverPolicy.None,
        PeriodStart = request.PeriodStart?.ToUniversalTime() ?? (request.PeriodEnd is null ? null : now),
        PeriodEnd = request.PeriodEnd?.ToUniversalTime(),
        PeriodAllocated = request.PeriodEnd is null ? null : request.Allocated.Value,
        Metadata = request.Metadata,
        CreatedAt = now,
    };

    public static ApiKeyRecord CreateKey(string tenantId, string secret, ApiKeyCreateRequest request, DateTimeOffset now) => new(
        new ApiKey
        {
            KeyId = NewId("key_", tenantId),
            TenantId = tenantId,
            KeyPrefix = ApiKeySecrets.ToShown(secret),
            Name = request.Name,
            Description = request.Description,
            Permissions = request.Permissions ?? Permissions.Default,
            ScopeFilter = request.ScopeFilter,
            Status = ApiKeyStatus.Active,
            CreatedAt = now,
            ExpiresAt = request.ExpiresAt ?? now + DefaultKeyLifetime,
            Metadata = request.Metadata,
        },
        ApiKeySecrets.Hash(secret));

    private static bool AreEqual(Dictionary<string, string> left, Dictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && value == pair.Value);

    /// <summary>The key as it is seen now: its expiry is a matter of time, not of a write.</summary>
    public static ApiKey AsOf(ApiKey key, DateTimeOffset now) =>
        key.Status == ApiKeyStatus.Active && key.ExpiresAt <= now ? key with { Status = ApiKeyStatus.Expired } : key;

    public static ApiKeyRecord Revoke(ApiKeyRecord record, string? reason, DateTimeOffset now) => record with
    {
        Key = record.Key with { Status = ApiKeyStatus.Revoked, RevokedAt = now, RevokedReason = reason },
    };

    /// <summary>An id that contains its tenant, so that the id alone says which grain to ask.</summary>
    public static string NewId(string prefix, string tenantId) => DerivedId.Create(prefix, tenantId, Guid.NewGuid().ToString());

    /// <summary>The id of the budget that a call makes: the same for each attempt of the call.</summary>
    public static string BudgetIdOf(Origin origin, string tenantId, ScopePath scope, Unit unit) => origin.Attempt.Key is { } call
        ? DerivedId.Create("bud_", tenantId, $"{TenantKeys.BudgetField(scope, unit)}|{call}")
        : NewId("bud_", tenantId);
}
