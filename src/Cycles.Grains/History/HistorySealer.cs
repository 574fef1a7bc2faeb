using System.Text.Json;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Reservations;
using Microsoft.Extensions.Logging;

namespace Cycles.Grains.History;

/// <summary>Puts reservations that have ended into a run: their records, compressed, in a batch, and their rows in every order.</summary>
internal sealed partial class HistorySealer(RedisStore store, TenantKeys keys, HistoryWriter writer, StoreOptions options, ILogger logger)
{
    private const int ReadAtOnce = 64;

    /// <summary>What is sealed at once is in memory at once, more than once.</summary>
    private const long MostBytes = 8 * 1024 * 1024;

    /// <summary>Seals what has ended, or the first of it when its records are large.</summary>
    /// <returns>Whether it came forward, and should be asked again.</returns>
    public async Task<bool> SealAsync(OpenedHistory opened, CancellationToken stop)
    {
        var ended = await ReadAsync(opened, stop);
        if (ended.Count == 0)
        {
            return false;
        }

        var kept = ended.FindAll(slot => slot.Json is not null);
        var ids = ended.ConvertAll(slot => slot.Id).ToArray();
        StoreWrite[] writes =
        [
            .. ids.Select(id => StoreWrite.RemoveMember(keys.Ended, id)),
            .. kept.Select(slot => StoreWrite.RemoveKey(keys.Reservation(slot.Id))),
        ];
        var change = new NextHistory(opened.Manifest) { Sealed = ids, Writes = writes };
        if (kept.Count == 0)
        {
            return await writer.ChangeAsync(opened, change);
        }

        string[] scopes = [.. kept.Select(slot => slot.Scope).Distinct().Order(StringComparer.Ordinal)];
        HistoryRow[] rows =
        [
            .. kept.Select((slot, i) => slot.Row with
            {
                Scope = Array.BinarySearch(scopes, slot.Scope, StringComparer.Ordinal),
                Place = new RecordPlace(0, i),
            }),
        ];
        var keptUntilMs = HistoryRetention.KeptUntilMs(rows, options);
        var (batch, records) = RecordBatch.Write(keys, kept.ConvertAll(slot => slot.Json!));
        var (run, values) = RunWriter.Write(keys, level: 0, rows, scopes, [batch], keptUntilMs);
        var next = opened.Manifest with { Runs = [.. opened.Manifest.Runs, run] };
        return await writer.WriteAsync([.. values, .. records], keptUntilMs, opened, change with { Manifest = next }, stop);
    }

    private async Task<List<Slot>> ReadAsync(OpenedHistory opened, CancellationToken stop)
    {
        var slots = new List<Slot>(opened.Ended.Length);
        var bytes = 0L;
        foreach (var ids in opened.Ended.Zip(opened.EndedAtMs).Chunk(ReadAtOnce))
        {
            stop.ThrowIfCancellationRequested();
            var values = await store.Database.StringGetAsync(Array.ConvertAll(ids, ended => keys.Reservation(ended.First)));
            foreach (var ((id, endedAtMs), value) in ids.Zip(values))
            {
                bytes += value.Length();
                if (TryRead(id, endedAtMs, (byte[]?)value) is { } slot)
                {
                    slots.Add(slot);
                }
            }

            if (bytes > MostBytes)
            {
                break;
            }
        }

        return slots;
    }

    /// <summary>What one id has made; null when it is to stay where it is.</summary>
    private Slot? TryRead(string id, long endedAtMs, byte[]? json)
    {
        if (json is null)
        {
            return new Slot(id, null, string.Empty, default);
        }

        try
        {
            var content = GrainJson.Read(json, GrainJson.Default.ReservationSlot);
            return content switch
            {
                // Its idempotency key was free again, and has made it anew: it ends once more, and is sealed then.
                { Reservation.Status: ReservationStatus.Active } => null,
                { Reservation: { Settlement: not null } made } => new Slot(id, json, made.ScopePath, HistoryRow.Of(made)),
                { DryRun: { } answer } => new Slot(
                    id, json, answer.ScopePath, new HistoryRow(IdFilter.KeyOf(id), endedAtMs, endedAtMs, endedAtMs, 0, 0, default, Outcome.DryRun)),
                _ => throw new JsonException("it is neither a reservation that has ended nor the answer to a dry run"),
            };
        }
        catch (JsonException exception)
        {
            LogUnreadable(logger, id, exception.Message);
            return null;
        }
    }

    /// <summary>What one id has made.</summary>
    /// <param name="Id">The id.</param>
    /// <param name="Json">Its record; null when it is not kept any more.</param>
    /// <param name="Scope">Its deepest scope.</param>
    /// <param name="Row">Its row, without the places.</param>
    private sealed record Slot(string Id, byte[]? Json, string Scope, HistoryRow Row);

    [LoggerMessage(EventId = 1802, Level = LogLevel.Warning, Message = "The record of {Id} cannot be read, and does not go into the history: {Problem}")]
    private static partial void LogUnreadable(ILogger logger, string id, string problem);
}
