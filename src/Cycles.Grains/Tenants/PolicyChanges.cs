using System.Text.Json;
using System.Text.Json.Nodes;
using Cycles.Grains.Records;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Tenants;

/// <summary>The records that the administration of policies makes: pure, from one to the next.</summary>
internal static class PolicyChanges
{
    private static readonly Caps NoCaps = new();
    private static readonly ReservationTtlOverride NoTtls = new();
    private static readonly RateLimits NoLimits = new();

    public static Policy Create(string tenantId, PolicyCreateRequest request, DateTimeOffset now) => new()
    {
        PolicyId = TenantChanges.NewId("pol_", tenantId),
        Name = request.Name,
        Description = OrNone(request.Description),
        ScopePattern = request.ScopePattern,
        Priority = request.Priority ?? 0,
        Caps = OrNone(request.Caps, NoCaps),
        CommitOveragePolicy = request.CommitOveragePolicy,
        ReservationTtlOverride = OrNone(request.ReservationTtlOverride, NoTtls),
        RateLimits = OrNone(request.RateLimits, NoLimits),
        EffectiveFrom = request.EffectiveFrom,
        EffectiveUntil = request.EffectiveUntil,
        CreatedAt = now,
    };

    public static Policy Update(Policy policy, PolicyUpdateRequest request, DateTimeOffset now) => policy with
    {
        Name = request.Name ?? policy.Name,
        Description = OrNone(request.Description ?? policy.Description),
        Priority = request.Priority ?? policy.Priority,
        Caps = OrNone(request.Caps ?? policy.Caps, NoCaps),
        CommitOveragePolicy = request.CommitOveragePolicy ?? policy.CommitOveragePolicy,
        ReservationTtlOverride = OrNone(request.ReservationTtlOverride ?? policy.ReservationTtlOverride, NoTtls),
        RateLimits = OrNone(request.RateLimits ?? policy.RateLimits, NoLimits),
        EffectiveFrom = request.EffectiveFrom ?? policy.EffectiveFrom,
        EffectiveUntil = request.EffectiveUntil ?? policy.EffectiveUntil,
        Status = request.Status ?? policy.Status,
        UpdatedAt = now,
    };

    /// <summary>The members that differ, by their names on the wire.</summary>
    public static string[] ChangedFields(Policy before, Policy after)
    {
        var (left, right) = (ToJson(before), ToJson(after));
        return
        [
            .. left.Select(member => member.Key)
                .Union(right.Select(member => member.Key))
                .Where(name => name != "updated_at" && !JsonNode.DeepEquals(left[name], right[name])),
        ];
    }

    private static JsonObject ToJson(Policy policy) => (JsonObject)JsonSerializer.SerializeToNode(policy, GrainJson.Default.Policy)!;

    private static string? OrNone(string? text) => text?.Length == 0 ? null : text;

    /// <summary>An empty object is how a client takes one away: it says nothing, so the policy says nothing.</summary>
    private static T? OrNone<T>(T? given, T empty)
        where T : class => given is null || given.Equals(empty) ? null : given;
}
