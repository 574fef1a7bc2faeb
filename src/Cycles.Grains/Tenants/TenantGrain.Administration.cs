using System.Text.Json.Nodes;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Cluster;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Budgets;
using Cycles.Grains.Expiry;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Tenants;

// The tenant's administration. Changes run one at a time: each reads what it changes and writes it back.
internal sealed partial class TenantGrain
{
    private readonly SemaphoreSlim _changes = new(1);

    public ValueTask<TenantReply> Create(Origin origin, TenantCreateRequest request) => ChangeAsync<TenantReply>(async change =>
    {
        if (change.State is { Tenant: var known })
        {
            return known.Name == request.Name
                ? new TenantReply(null, known)
                : new TenantReply(
                    new Problem(ErrorCode.DuplicateResource, $"Tenant {TenantId} already exists with another name"), null);
        }

        await grains.GetGrain<IClusterGrain>(0).AddTenant(TenantId);
        var tenant = TenantChanges.Create(request, clock.Now);
        var reply = new TenantReply(null, tenant, IsNew: true);
        await change.WriteAsync(
            reply, [AuditOf(origin, AuditResources.Tenant, TenantId, creates: true)], StoreWrite.Set(Keys.Tenant, TenantRecords.Format(tenant)));
        change.State = new TenantState(tenant);
        return reply;
    });

    public async ValueTask<Tenant?> Get() => (await LoadedAsync()).State?.Tenant;

    public async ValueTask<TenantReply> Update(Origin origin, TenantUpdateRequest request)
    {
        var reply = await ChangeAsync<TenantReply>(async change =>
        {
            if (change.State is not { } state)
            {
                return new TenantReply(TenantProblems.NotFound(TenantId), null);
            }

            if (TenantChanges.CheckUpdate(state.Tenant, request) is { } problem)
            {
                return new TenantReply(problem, null);
            }

            var updated = new TenantReply(null, TenantChanges.Update(state.Tenant, request, clock.Now));
            await PutAsync(change, state, updated.Tenant!, updated, origin, isAudited: true);
            return updated;
        });
        return request.Status == TenantStatus.Closed && reply.Problem is null
            ? reply with { IsCascading = await IsCascadingAsync() }
            : reply;
    }

    public ValueTask<BudgetReply> CreateBudget(Origin origin, ScopePath scope, BudgetCreateRequest request)
    {
        // One id for the call, however often it is tried: by it the scope knows its own half-finished work from another caller's budget.
        var ledgerId = TenantChanges.BudgetIdOf(origin, TenantId, scope, request.Unit);
        return ChangeBudgetAsync(async loaded =>
        {
            // Also when this refuses: the scope then does not learn of the attempt.
            _later.Pass(origin.Attempt);

            // What a first attempt has made is not new to the second: the scope knows whose it is.
            var mayBeMade = origin.Attempt.IsRepetition
                && loaded.State?.Budgets.Any(budget => budget.Scope == scope && budget.Unit == request.Unit) == true;
            if ((CheckOwner(loaded.State) ?? (mayBeMade ? null : CheckNewBudget(loaded.State!, request))) is { } problem)
            {
                return new BudgetReply(null, problem);
            }

            var record = TenantChanges.CreateBudget(ledgerId, TenantId, scope, request, clock.Now);
            return await grains.Get<IScopeGrain>(scope.Value).Create(origin, record, request.Allocated.Value, loaded.Epoch);
        });
    }

    public ValueTask<BudgetReply> UpdateBudget(Origin origin, ScopePath scope, Unit unit, BudgetChange change) =>
        ChangeBudgetAsync(loaded => grains.Get<IScopeGrain>(scope.Value).Update(origin, unit, change, loaded.Epoch));

    public async ValueTask<Budget[]> ListBudgets(string[] segments, string? prefix, Unit? unit, ScopeFilter? within)
    {
        if ((await LoadedAsync()).State is not { } state)
        {
            return [];
        }

        // What has lapsed, and periods that have ended, are not shown as they were before.
        await Sweeps.TrySweepAsync(grains, _ledger, clock, TenantId);
        var found = state.Budgets
            .Where(budget => (unit is null || budget.Unit == unit)
                && (prefix is null || budget.Scope.IsUnder(prefix))
                && Array.TrueForAll(segments, segment => budget.Scope.HasSegment(segment))
                && within?.Allows(budget.Scope) != false)
            .OrderBy(budget => budget.Scope)
            .ThenBy(budget => budget.Unit)
            .ToArray();
        var budgets = await BudgetReader.ReadAsync(store, Keys, found);
        await store.ConfirmAsync();
        return budgets;
    }

    /// <summary>Nothing that a closed tenant owns changes any more (CASCADE SEMANTICS, rule 2).</summary>
    private Problem? CheckOwner(TenantState? state) => state switch
    {
        null => TenantProblems.NotFound(TenantId),
        { Tenant.Status: TenantStatus.Closed } => TenantRefusals.Closed(TenantId),
        _ => null,
    };

    private Problem? CheckNewBudget(TenantState state, BudgetCreateRequest request)
    {
        if (state.Tenant.Status != TenantStatus.Active)
        {
            return new Problem(ErrorCode.InvalidRequest, $"Tenant {TenantId} is not ACTIVE");
        }

        if (state.Budgets.Count >= options.Value.MaxBudgets)
        {
            return TenantRefusals.TooManyBudgets(TenantId, state.Budgets.Count);
        }

        return request.PeriodEnd <= clock.Now ? new Problem(ErrorCode.InvalidRequest, "period_end must lie in the future") : null;
    }

    /// <summary>Now, and later than what was made before: the newer of two policies governs, and lists stand in order of creation.</summary>
    private DateTimeOffset NowAfter(IEnumerable<DateTimeOffset> earlier)
    {
        var now = clock.Now;
        var last = earlier.DefaultIfEmpty().Max();
        return now > last ? now : last.AddMilliseconds(1);
    }

    private AuditLogEntry AuditOf(
        Origin origin, string resourceType, string resourceId, bool creates = false, JsonObject? metadata = null) =>
        AuditEntries.Succeeded(origin, TenantId, resourceType, resourceId, clock.Now, creates, metadata: metadata);

    /// <summary>
    /// Runs a change alone, and again on fresh state when another activation was ahead or the outcome was in doubt; not again when it turns out
    /// that it is done.
    /// </summary>
    private async ValueTask<T> ChangeAsync<T>(Func<TenantChange<T>, ValueTask<T>> change)
    {
        await _changes.WaitAsync();
        LoadedTenant? loaded = null;
        var once = new Once<T>();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    loaded = await LoadedAsync();
                    return await once.FindAsync(_ledger) is (true, { } answer)
                        ? answer
                        : await change(new TenantChange<T>(TenantId, _ledger, loaded, once));
                }
                catch (StoreInDoubtException) when (attempt < Retries.Most)
                {
                    once.Doubt();
                    Forget(loaded);
                }
                catch (StoreUnavailableException exception) when (once.IsInDoubt)
                {
                    throw once.InDoubt(exception);
                }

                await Retries.PauseAsync(attempt);
            }
        }
        catch (Exception)
        {
            // What became of it is not known: the next request reads it.
            Forget(loaded);
            throw;
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>
    /// Runs a change of a budget alone. The scope does it, once, under the epoch of this grain's state; when that has been read anew meanwhile,
    /// nothing was done, and the change runs again. What the scope leaves in doubt is not tried again here.
    /// </summary>
    private async ValueTask<BudgetReply> ChangeBudgetAsync(Func<LoadedTenant, ValueTask<BudgetReply>> change)
    {
        await _changes.WaitAsync();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var loaded = await LoadedAsync();
                var reply = await change(loaded);
                if (!reply.IsStale)
                {
                    if (reply.Budget is { } budget)
                    {
                        loaded.State?.PutBudget(budget.Record);
                    }

                    return reply;
                }

                Forget(loaded);
                await Retries.PauseAsync(attempt);
            }
        }
        catch (Exception)
        {
            // The budget may have been made or changed all the same.
            Forget(_loaded);
            throw;
        }
        finally
        {
            _changes.Release();
        }
    }
}
