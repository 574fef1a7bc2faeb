namespace Cycles.Grains.Transactions;

/// <summary>What a transaction takes of its tenant's quota (<c>TenantQuota</c>).</summary>
internal enum QuotaUse
{
    /// <summary>Nothing that a quota limits: it is never refused for quota. Its bytes count all the same.</summary>
    None,

    /// <summary>Nothing, and its bytes do not count: what the service writes for itself, and was counted before or is not the tenant's doing.</summary>
    Unmetered,

    /// <summary>One more active reservation, with its record.</summary>
    Reservation,

    /// <summary>One active reservation less: a commit, a release, an expiry.</summary>
    ReservationEnd,

    /// <summary>One more record that is kept and holds no budget: an event, the answer to a decide or to a dry run.</summary>
    Record,
}
