using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;
using StackExchange.Redis;

namespace Cycles.Grains.Store;

/// <summary>
/// The names of one tenant's keys, and the only place that builds them. All carry the hash tag <c>{tenant}</c>, so that whatever one
/// transaction touches lives in one slot of a Redis Cluster. What each holds is the table in docs/store.md.
/// </summary>
/// <param name="tenantId">The tenant.</param>
internal readonly struct TenantKeys(string tenantId)
{
    private readonly string _prefix = $"cycles:{{{tenantId}}}:";

    /// <summary>The tenant.</summary>
    public string TenantId => tenantId;

    /// <summary>String: the token of the one ledger activation that may write.</summary>
    public RedisKey Fence => _prefix + "fence";

    /// <summary>String, for some seconds: the ledger activation with that token has ended, and answers nothing any more.</summary>
    public RedisKey LedgerEnded(RedisValue token) => $"{_prefix}ended:{token}";

    /// <summary>String: the tenant's record.</summary>
    public RedisKey Tenant => _prefix + "tenant";

    /// <summary>String: how the tenant ends, once it is closed.</summary>
    public RedisKey Close => _prefix + "close";

    /// <summary>Hash: budget field to budget record.</summary>
    public RedisKey Budgets => _prefix + "budgets";

    /// <summary>Hash: key id to API key record.</summary>
    public RedisKey ApiKeys => _prefix + "keys";

    /// <summary>Hash: key id to the time of the key's last use, in Unix milliseconds.</summary>
    public RedisKey KeyUses => _prefix + "key-uses";

    /// <summary>Hash: policy id to policy.</summary>
    public RedisKey Policies => _prefix + "policies";

    /// <summary>Sorted set: ids of reservations that have ended, and of dry runs, that are not in the history yet, by when they ended.</summary>
    public RedisKey Ended => _prefix + "ended";

    /// <summary>Sorted set of builds before the history: ids of reservations by creation time. No build that has a history writes it.</summary>
    public RedisKey Created => _prefix + "created";

    /// <summary>String: which runs the history consists of.</summary>
    public RedisKey History => _prefix + "history";

    /// <summary>String: a part of a run.</summary>
    public RedisKey Run(string run, string part) => $"{_prefix}run:{run}:{part}";

    /// <summary>String: records of a batch that was put into the history, compressed.</summary>
    public RedisKey Batch(string batch, int page) => $"{_prefix}batch:{batch}:{page}";

    /// <summary>Sorted set: ids of active reservations by the time at which they lapse.</summary>
    public RedisKey Due => _prefix + "due";

    /// <summary>String: the last UTC day on which something was written, and how many bytes were by then.</summary>
    public RedisKey Usage => _prefix + "usage";

    /// <summary>Sorted set: fields of budgets whose period ends by the time at which it has ended.</summary>
    public RedisKey PeriodEnds => _prefix + "period-ends";

    /// <summary>Sorted set: the days on which the audit log has entries, by the time of the last one.</summary>
    public RedisKey AuditDays => _prefix + "audit-days";

    /// <summary>Hash: log id to audit entry, of one day.</summary>
    public RedisKey Audit(string day) => $"{_prefix}audit:{day}";

    /// <summary>Hash: the numbers of one budget.</summary>
    public RedisKey Numbers(ScopePath scope, Unit unit) => $"{_prefix}numbers:{BudgetField(scope, unit)}";

    /// <summary>String: a reservation, or the answer to a dry run.</summary>
    public RedisKey Reservation(string id) => $"{_prefix}reservation:{id}";

    /// <summary>String: an event.</summary>
    public RedisKey Event(string id) => $"{_prefix}event:{id}";

    /// <summary>String: the answer to an operation that leaves no other record.</summary>
    public RedisKey Reply(string operation, string id) => $"{_prefix}reply:{operation}:{id}";

    /// <summary>A budget's field in <see cref="Budgets"/>.</summary>
    public static string BudgetField(ScopePath scope, Unit unit) => $"{scope.Value}|{unit.ToWire()}";
}
