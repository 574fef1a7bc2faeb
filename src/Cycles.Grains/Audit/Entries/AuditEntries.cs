using System.Text.Json.Nodes;
using Cycles.Contracts.Audit;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Json;

namespace Cycles.Grains.Audit.Entries;

/// <summary>Writes the lines of the audit log.</summary>
internal static class AuditEntries
{
    private const int StatusOk = 200;
    private const int StatusCreated = 201;

    /// <summary>A change that went through; to be written in the transaction that makes it.</summary>
    /// <param name="origin">Who asked.</param>
    /// <param name="tenantId">The tenant that was acted on, or a sentinel.</param>
    /// <param name="resourceType">See <see cref="AuditResources"/>.</param>
    /// <param name="resourceId">The id of what was acted on.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="creates">Whether the resource is new: 201 instead of 200.</param>
    /// <param name="amount">The amount of the request, where it has one.</param>
    /// <param name="metadata">What else there is to say.</param>
    public static AuditLogEntry Succeeded(
        Origin origin,
        string tenantId,
        string resourceType,
        string resourceId,
        DateTimeOffset now,
        bool creates = false,
        Amount? amount = null,
        JsonObject? metadata = null) => Of(origin, tenantId, now, creates ? StatusCreated : StatusOk, metadata) with
        {
            ResourceType = resourceType,
            ResourceId = resourceId,
            Amount = amount,
        };

    /// <summary>A request that was refused: nothing changed.</summary>
    /// <param name="origin">Who asked.</param>
    /// <param name="tenantId">The tenant that was acted on, or a sentinel.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="status">The HTTP status that is answered.</param>
    /// <param name="errorCode">The error code that is answered.</param>
    /// <param name="metadata">What else there is to say.</param>
    public static AuditLogEntry Failed(
        Origin origin, string tenantId, DateTimeOffset now, int status, string errorCode, JsonObject? metadata = null) =>
        Of(origin, tenantId, now, status, metadata) with { ErrorCode = errorCode };

    private static AuditLogEntry Of(Origin origin, string tenantId, DateTimeOffset now, int status, JsonObject? metadata)
    {
        metadata ??= [];
        metadata["actor_type"] = origin.Actor.ToWire();
        return new AuditLogEntry
        {
            // Version 7 carries its time in front: ids of one moment still have one order.
            LogId = AuditLogIds.Create(now),
            Timestamp = now,
            TenantId = tenantId,
            KeyId = origin.KeyId,
            UserAgent = origin.UserAgent,
            SourceIp = origin.SourceIp,
            Operation = origin.Operation,
            RequestId = origin.RequestId,
            TraceId = origin.TraceId,
            Status = status,
            Metadata = new RawJsonObject(metadata.ToJsonString()),
        };
    }
}
