using Cycles.Grains.Ledger;
using Cycles.Grains.Reservations;
using Cycles.Grains.Store;
using Cycles.Protocol.Reservations;
using StackExchange.Redis;

namespace Cycles.Grains.History;

/// <summary>Puts reservations that have ended into a run of level 0: their records, compressed, in a batch, and their rows in every order.</summary>
internal sealed class HistorySealer(RedisStore store, TenantKeys keys, HistoryWriter writer, StoreOptions options)
{
    private const int ReadAtOnce = 256;

    /// <summary>Seals what has ended.</summary>
    /// <returns>Whether it came forward, and should be asked again.</returns>
    public async Task<bool> SealAsync(OpenedHistory opened, CancellationToken stop)
    {
        var slots = await ReadAsync(opened, stop);

        // Its idempotency key was free again, and has made it anew: it ends once more, and is sealed then.
        slots.RemoveAll(slot => slot.Content?.Reservation is { Status: ReservationStatus.Active });
        if (slots.Count == 0)
        {
            return false;
        }

        var kept = slots.FindAll(slot => slot.Json is not null);
        var ids = slots.ConvertAll(slot => slot.Id).ToArray();
        StoreWrite[] writes =
        [
            .. ids.Select(id => StoreWrite.RemoveMember(keys.Ended, id)),
            .. kept.Select(slot => StoreWrite.RemoveKey(keys.Reservation(slot.Id))),
        ];
        if (kept.Count == 0)
        {
            return await writer.WriteAsync([], 0, writer.Change(opened, opened.Manifest, ids, writes), stop);
        }

        var batch = Guid.NewGuid().ToString("N")[..16];
        string[] scopes = [.. kept.Select(slot => slot.ScopePath).Distinct().Order(StringComparer.Ordinal)];
        HistoryRow[] rows = [.. kept.Select((slot, i) => slot.ToRow(Array.BinarySearch(scopes, slot.ScopePath, StringComparer.Ordinal), i))];
        var keptUntilMs = rows.Max(row => HistoryRetention.KeptUntilMs(row.EndedMs, row.Outcome, options));
        var (run, values) = RunWriter.Write(keys, level: 0, rows, scopes, [batch], keptUntilMs);
        values.AddRange(kept.Chunk(HistoryFormat.RecordsInPage).Select((page, i) =>
            new KeyValuePair<RedisKey, byte[]>(keys.Batch(batch, i), RecordPage.Write([.. page.Select(slot => slot.Json!)]))));
        var next = opened.Manifest with { Runs = [.. opened.Manifest.Runs, run] };
        await writer.WriteAsync(values, keptUntilMs, writer.Change(opened, next, ids, writes), stop);
        return true;
    }

    private async Task<List<Slot>> ReadAsync(OpenedHistory opened, CancellationToken stop)
    {
        var slots = new List<Slot>(opened.Ended.Length);
        foreach (var ids in opened.Ended.Zip(opened.EndedAtMs).Chunk(ReadAtOnce))
        {
            stop.ThrowIfCancellationRequested();
            var values = await store.Database.StringGetAsync(Array.ConvertAll(ids, ended => keys.Reservation(ended.First)));
            slots.AddRange(ids.Zip(values, (ended, value) => new Slot(ended.First, ended.Second, (byte[]?)value)));
        }

        return slots;
    }

    /// <summary>What one id has made, as it stands in the store.</summary>
    private sealed class Slot(string id, long endedAtMs, byte[]? json)
    {
        public string Id => id;

        /// <summary>Null when it is not kept any more.</summary>
        public byte[]? Json => json;

        public ReservationSlot? Content { get; } = json is null ? null : GrainJson.Read(json, GrainJson.Default.ReservationSlot);

        public string ScopePath => Content!.Reservation?.ScopePath ?? Content.DryRun!.ScopePath;

        public HistoryRow ToRow(int scope, int row)
        {
            var (key, place) = (IdFilter.KeyOf(id), new RecordPlace(0, row));
            return Content!.Reservation is { } reservation
                ? new HistoryRow(
                    key,
                    reservation.CreatedAtMs,
                    reservation.ExpiresAtMs,
                    reservation.Settlement!.AtMs,
                    reservation.Reserved.Value,
                    scope,
                    place,
                    reservation.Status.ToOutcome()!.Value)
                : new HistoryRow(key, endedAtMs, endedAtMs, endedAtMs, 0, scope, place, Outcome.DryRun);
        }
    }
}
