using System.Globalization;
using System.Text;
using Cycles.Grains.Journal;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;

namespace Cycles.Grains.Ledger;

/// <summary>
/// Numbers the kept facts of one batch. Only when the batch is durable do its numbers count: what is sent again, or after a batch that was refused, takes the same ones.
/// </summary>
internal sealed class FactNumbers(StoreOptions options)
{
    // The hash of a day lives as long as its last fact is shown, and its day has 24 hours.
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Dictionary<(JournalHeads Heads, JournalStream Stream), (TenantKeys Keys, long Last)> _last = [];

    /// <summary>Gives the facts of a transaction their numbers, and writes them.</summary>
    public void Number(TenantKeys keys, NumberedFacts kept, Action<StoreWrite> write)
    {
        for (var i = 0; i < kept.Facts.Length; i++)
        {
            var fact = kept.Facts[i];
            var stream = fact.Stream;
            var number = (_last.TryGetValue((kept.Heads, stream), out var last) ? last.Last : kept.Heads[stream]) + 1;
            _last[(kept.Heads, stream)] = (keys, number);
            kept.Number(i, number);
            var day = JournalDays.ToText(JournalDays.NumberOf(fact.At));
            write(StoreWrite.SetField(keys.Journal(stream.ToKey(), day), ToText(number), fact.Value, fact.Retention(options) + Day));
            write(StoreWrite.AddMember(keys.JournalDays(stream.ToKey()), day, fact.At.ToUnixTimeMilliseconds()));
        }
    }

    /// <summary>Writes the heads of the streams behind the facts.</summary>
    public void WriteHeads(Action<StoreWrite> write)
    {
        foreach (var ((_, stream), (keys, last)) in _last)
        {
            write(StoreWrite.Set(keys.JournalHead(stream.ToKey()), Encoding.ASCII.GetBytes(ToText(last))));
        }
    }

    /// <summary>The batch is durable: from now on the numbers count.</summary>
    public void CountOn()
    {
        foreach (var ((heads, stream), (_, last)) in _last)
        {
            heads[stream] = last;
        }
    }

    private static string ToText(long number) => number.ToString(CultureInfo.InvariantCulture);
}
