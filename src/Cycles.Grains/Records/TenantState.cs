using Cycles.Contracts.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Records;

/// <summary>What a tenant's grain holds in memory: its record, which scopes have budgets, its policies and its keys.</summary>
internal sealed class TenantState(Tenant tenant)
{
    private readonly Dictionary<(ScopePath Scope, Unit Unit), OveragePolicy?> _budgets = [];
    private readonly Dictionary<string, Policy> _policies = [];
    private readonly Dictionary<string, ApiKeyRecord> _keys = [];
    private readonly Dictionary<string, ApiKeyRecord> _keysByHash = [];

    public Tenant Tenant { get; set; } = tenant;

    /// <summary>How the tenant ends; null while it is not closed.</summary>
    public TenantClose? Close { get; set; }

    public IReadOnlyCollection<Policy> Policies => _policies.Values;

    public IReadOnlyCollection<ApiKeyRecord> Keys => _keys.Values;

    public IReadOnlyCollection<(ScopePath Scope, Unit Unit)> Budgets => _budgets.Keys;

    public void PutBudget(BudgetRecord record) =>
        _budgets[(ScopePath.FromCanonical(record.Scope), record.Unit)] = record.CommitOveragePolicy;

    public void PutPolicy(Policy policy) => _policies[policy.PolicyId] = policy;

    public Policy? FindPolicy(string policyId) => _policies.GetValueOrDefault(policyId);

    /// <summary>Whether any policy that may come into force limits commits.</summary>
    public bool LimitsCommits =>
        _policies.Values.Any(policy => policy is { Status: PolicyStatus.Active, RateLimits.MaxCommitsPerMinute: not null });

    public void PutKey(ApiKeyRecord record) => _keys[record.Key.KeyId] = _keysByHash[record.SecretHash] = record;

    public bool HasBudget(ScopePath scope, Unit unit) => _budgets.ContainsKey((scope, unit));

    public ApiKeyRecord? FindKey(string keyId) => _keys.GetValueOrDefault(keyId);

    public ApiKeyRecord? FindKeyByHash(string secretHash) => _keysByHash.GetValueOrDefault(secretHash);

    /// <summary>The overage policy of the deepest of these budgets that has one.</summary>
    public OveragePolicy? DeepestOveragePolicy(ScopePath[] budgeted, Unit unit)
    {
        for (var i = budgeted.Length - 1; i >= 0; i--)
        {
            if (_budgets[(budgeted[i], unit)] is { } policy)
            {
                return policy;
            }
        }

        return null;
    }
}
