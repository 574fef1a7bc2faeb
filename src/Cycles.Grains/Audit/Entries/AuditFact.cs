using Cycles.Grains.Journal;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Audit.Entries;

/// <summary>An entry of the audit log, for the transaction of the change that it records.</summary>
[GenerateSerializer, Immutable, Alias("cycles.fact.audit")]
internal sealed record AuditFact : KeptFact
{
    public AuditFact(AuditLogEntry entry)
        : base(GrainJson.Write(entry, GrainJson.Default.AuditLogEntry)) => Row = AuditRow.Of(entry);

    /// <summary>What the index knows of the entry.</summary>
    [Id(0)]
    public AuditRow Row { get; }

    public override FactKind Kind => FactKind.Audit;

    public override JournalStream Stream => JournalStream.Audit;

    public override DateTimeOffset At => Row.Timestamp;

    public override TimeSpan Retention(StoreOptions options) =>
        Row.TenantId == AuditLogEntry.UnauthenticatedTenant ? options.UnauthenticatedAuditRetention : options.AuditRetention;

    public override Fact Told(long number) => new AuditEntryKept(Row with { Number = number });
}

/// <summary>An entry of the audit log is in the store.</summary>
/// <param name="Row">What the index knows of it.</param>
[GenerateSerializer, Immutable, Alias("cycles.fact.audit-entry-kept")]
internal sealed record AuditEntryKept([property: Id(0)] AuditRow Row) : Fact
{
    public override FactKind Kind => FactKind.Audit;
}
