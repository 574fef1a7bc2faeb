using System.Globalization;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Grains.Journal;

/// <summary>
/// What one ledger tells: kept facts stand in the store, in the transaction that states them, numbered without a gap; all facts are told to those who read while
/// they read, after they are durable and before the caller is answered.
/// </summary>
internal sealed class TenantJournal(string tenantId, SiloFacts silo, TimeProvider time)
{
    private const int MostReservations = 65_536;

    private readonly JournalHeads _heads = new();

    /// <summary>The tenant's own facts, which only readers of this tenant are told.</summary>
    public FactFeed Reservations { get; } = new(MostReservations, time);

    /// <summary>Whether anybody reads of the budgets of all tenants.</summary>
    public bool TellsBudgets => silo.Of(FactKind.Budgets).IsRead;

    /// <summary>Reads the heads of the streams. Nobody else can write any more: the ledger has the fence.</summary>
    public async Task LoadAsync(RedisStore store)
    {
        var keys = new TenantKeys(tenantId);
        foreach (var stream in JournalStreams.All)
        {
            _heads[stream] = ParseHead(await store.Database.StringGetAsync(keys.JournalHead(stream.ToKey())));
        }
    }

    /// <summary>A head as the store has it.</summary>
    public static long ParseHead(RedisValue value) => value.HasValue ? long.Parse((string)value!, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    /// <summary>The ledger begins, or ends without knowing what it wrote last: anything of the tenant may have changed.</summary>
    public void Doubt() => silo.Doubt(tenantId);

    /// <summary>The facts of a transaction that are to be kept; null when there are none.</summary>
    public NumberedFacts? Keep(Fact[] facts) =>
        Array.Exists(facts, fact => fact is KeptFact) ? new NumberedFacts(_heads, [.. facts.OfType<KeptFact>()]) : null;

    /// <summary>Tells the facts of a transaction that is durable.</summary>
    public void Tell(Fact[] facts, NumberedFacts? kept)
    {
        var next = 0;
        foreach (var fact in facts)
        {
            Tell(fact is KeptFact ? kept!.Told(next++) : fact);
        }
    }

    /// <summary>Tells a fact.</summary>
    public void Tell(Fact fact) => (fact.Kind == FactKind.Reservations ? Reservations : silo.Of(fact.Kind)).Tell(fact);
}
