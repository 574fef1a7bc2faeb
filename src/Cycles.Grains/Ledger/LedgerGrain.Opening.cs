using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;
using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

// What grains read of the tenant's state. Each reading gets an epoch first, and then waits for what was accepted before it.
internal sealed partial class LedgerGrain
{
    public async ValueTask<OpenedTenant> OpenTenant()
    {
        var epoch = _tenantEpoch = ++_lastEpoch;
        await FlushAsync();
        var tenant = store.Database.StringGetAsync(_keys.Tenant);
        var budgets = store.Database.HashValuesAsync(_keys.Budgets);
        var policies = store.Database.HashValuesAsync(_keys.Policies);
        var apiKeys = store.Database.HashValuesAsync(_keys.ApiKeys);
        var close = store.Database.StringGetAsync(_keys.Close);
        return new OpenedTenant(
            epoch, _memory.Term, await tenant, ToBytes(await budgets), ToBytes(await policies), ToBytes(await apiKeys), await close);
    }

    public async ValueTask<OpenedScope> OpenScope(ScopePath scope)
    {
        var epoch = _scopeEpochs[scope] = ++_lastEpoch;
        await FlushAsync();
        var records = await store.Database.HashGetAsync(
            _keys.Budgets, [.. UnitNames.All.Select(unit => (RedisValue)TenantKeys.BudgetField(scope, unit))]);
        var budgets = new List<Budget>(records.Length);
        for (var i = 0; i < records.Length; i++)
        {
            if (records[i].HasValue)
            {
                var record = GrainJson.Read((byte[])records[i]!, GrainJson.Default.BudgetRecord);
                var numbers = await store.Database.HashGetAsync(_keys.Numbers(scope, record.Unit), BudgetFields.All);
                budgets.Add(new Budget(record, BudgetFields.Read(record, numbers)));
            }
        }

        return new OpenedScope(epoch, _memory.Term, [.. budgets]);
    }

    public async ValueTask<OpenedRecord> OpenReservation(string id)
    {
        var epoch = Open(id, ++_lastEpoch);
        if (!_memory.Seen.MayContain(id))
        {
            // "There is none" rests on memory alone, which another ledger may have overtaken.
            await ProvenAsync();
        }

        return new OpenedRecord(epoch, _memory.Term, _memory.Seen.MayContain(id) ? await ReadReservationAsync(id) : null);
    }

    public async ValueTask<OpenedRecord> OpenEvent(string id)
    {
        var epoch = Open(id, ++_lastEpoch);
        return new OpenedRecord(epoch, _memory.Term, await ReadAsync(id, _keys.Event(id)));
    }

    public async ValueTask<OpenedRecord> OpenReply(string operation, string id)
    {
        var epoch = Open(id, ++_lastEpoch);
        return new OpenedRecord(epoch, _memory.Term, await ReadAsync(id, _keys.Reply(operation, id)));
    }

    public ValueTask CloseRecord(string id, long epoch)
    {
        Close(new RecordStake(id, epoch));
        return default;
    }

    public ValueTask CloseRecords(RecordStake[] records)
    {
        Array.ForEach(records, record => Close(record));
        return default;
    }

    public async ValueTask<bool> IsDone(string operationId)
    {
        await FlushAsync();
        return await store.Database.KeyExistsAsync(Operations.KeyOf(_keys, operationId));
    }

    private long Open(string id, long epoch)
    {
        _records.Open(id, epoch, Environment.TickCount64);
        return epoch;
    }

    private void Close(RecordStake record) => _records.Close(record.Id, record.Epoch);

    /// <summary>Waits until nothing that was accepted before is still on its way.</summary>
    private Task FlushAsync() => FlushAsync(Task.WhenAll(_inFlight));

    private async Task FlushAsync(Task writes)
    {
        await writes.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        // What the store refused as a whole was not written. What is in doubt must be certain before anything is read.
        var isDoubtful = writes.Exception?.InnerExceptions.Any(exception => exception is not StoreUnavailableException) == true;
        if (_isInDoubt || isDoubtful)
        {
            throw new StoreInDoubtException("the ledger reloads");
        }
    }

    /// <summary>Reads a record after what was accepted for it before.</summary>
    private async Task<byte[]?> ReadAsync(string id, RedisKey key)
    {
        await FlushAsync(_recordWrites.GetValueOrDefault(id, Task.CompletedTask));
        return await store.Database.StringGetAsync(key);
    }

    /// <summary>Reads a reservation: under its own key first, and then in the history, where it goes when it has ended.</summary>
    private async Task<byte[]?> ReadReservationAsync(string id)
    {
        if (await ReadAsync(id, _keys.Reservation(id)) is { } record)
        {
            return record;
        }

        var ended = await _history.FindAsync(id);
        return ended is null && _isInDoubt ? throw new StoreInDoubtException("the ledger reloads") : ended;
    }

    private static byte[][] ToBytes(RedisValue[] values) => Array.ConvertAll(values, value => (byte[])value!);
}
