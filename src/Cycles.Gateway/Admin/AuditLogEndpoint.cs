using System.Globalization;
using Cycles.Contracts;
using Cycles.Contracts.Audit;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Json;

namespace Cycles.Gateway.Admin;

/// <summary>/v1/admin/audit/logs.</summary>
internal sealed class AuditLogEndpoint(IGrainFactory grains)
{
    // A page of the whole reads as many records from the store.
    private const int MaxLimit = 2000;
    private const int MaxNames = 25;
    private const int MaxSearchLength = 128;
    private const int MaxCursorLength = 4096;
    private const int TraceIdLength = 32;
    private const int MinStatus = 100;
    private const int MaxStatus = 599;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapOperation(new("listAuditLogs", "GET", "/v1/admin/audit/logs", Access.AdminOnly), ListAsync);

    private async ValueTask ListAsync(Call call)
    {
        var page = await grains.GetGrain<IAuditLogGrain>(0).Query(ReadQuery(call));
        Result<AuditLogListResponse> result = page.Problem is { } problem
            ? problem
            : new AuditLogListResponse { Logs = page.Entries, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null };
        await call.AnswerPageAsync(result, ProtocolJson.Default.AuditLogListResponse);
    }

    private static AuditQuery ReadQuery(Call call)
    {
        var query = call.Query;
        var (statusMin, statusMax) = ReadStatus(query);
        var (fromMs, toMs) = (query.MomentMs("from"), query.MomentMs("to"));
        if (fromMs > toMs)
        {
            Call.Refuse(ErrorCode.InvalidRequest, "from must not lie after to");
        }

        return new AuditQuery
        {
            TenantId = query.Text("tenant_id"),
            KeyId = query.Text("key_id"),
            Operations = Names(call, "operation"),
            ResourceTypes = Names(call, "resource_type"),
            ResourceId = query.Text("resource_id"),
            ErrorCodes = Names(call, "error_code"),
            ExcludedErrorCodes = Names(call, "error_code_exclude"),
            StatusMin = statusMin,
            StatusMax = statusMax,
            FromMs = fromMs,
            ToMs = toMs,
            TraceId = ReadTraceId(query),
            RequestId = query.Text("request_id"),
            Search = query.Text("search", MaxSearchLength)?.Trim(),
            SortBy = query.Choice(
                "sort_by",
                ("timestamp", AuditSort.Timestamp),
                ("operation", AuditSort.Operation),
                ("resource_type", AuditSort.ResourceType),
                ("tenant_id", AuditSort.TenantId),
                ("key_id", AuditSort.KeyId),
                ("status", AuditSort.Status)) ?? AuditSort.Timestamp,
            Ascending = query.IsAscending(),
            Limit = query.ClampedLimit(MaxLimit),
            Cursor = query.Text("cursor", MaxCursorLength),
        };
    }

    private static (int? Min, int? Max) ReadStatus(QueryParameters query)
    {
        var status = Number(query, "status", int.MinValue, int.MaxValue);
        var min = Number(query, "status_min", MinStatus, MaxStatus);
        var max = Number(query, "status_max", MinStatus, MaxStatus);
        if (status is not null && (min is not null || max is not null))
        {
            Call.Refuse(ErrorCode.InvalidRequest, "status cannot be combined with status_min or status_max");
        }

        if (min > max)
        {
            Call.Refuse(ErrorCode.InvalidRequest, "status_min must not be above status_max");
        }

        return status is null ? (min, max) : (status, status);
    }

    private static int? Number(QueryParameters query, string name, int min, int max)
    {
        if (query.Text(name) is not { } text)
        {
            return null;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
        {
            Call.Refuse(ErrorCode.InvalidRequest, min == int.MinValue ? $"{name} must be a whole number" : $"{name} must be {min} to {max}");
        }

        return number;
    }

    private static string? ReadTraceId(QueryParameters query)
    {
        var traceId = query.Text("trace_id");
        if (traceId is not null && !(traceId.Length == TraceIdLength && traceId.All(char.IsAsciiHexDigitLower)))
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"trace_id must be {TraceIdLength} lower-case hex digits");
        }

        return traceId;
    }

    /// <summary>Names between commas, in one parameter or in several of that name. Which names there are is not checked: an unknown one matches nothing.</summary>
    private static string[] Names(Call call, string name)
    {
        var names = call.Http.Request.Query[name]
            .SelectMany(value => (value ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .ToArray();
        if (names.Length > MaxNames)
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{name} must have at most {MaxNames} items");
        }

        return names;
    }
}
