using System.Text.Json.Nodes;
using Cycles.Grains.Audit;
using Cycles.Grains.Cluster;
using Cycles.Grains.Expiry;
using Cycles.Grains.Keys;
using Cycles.Grains.Ledger;
using Cycles.Grains.Placement;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
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

    public ValueTask<TenantReply> Create(Origin origin, TenantCreateRequest request) => ChangeAsync(async () =>
    {
        if (_state is { Tenant: var known })
        {
            return known.Name == request.Name
                ? new TenantReply(null, known)
                : new TenantReply(
                    new Problem(ErrorCode.DuplicateResource, $"Tenant {TenantId} already exists with another name"), null);
        }

        await grains.GetGrain<IClusterGrain>(0).AddTenant(TenantId);
        var tenant = TenantChanges.Create(request, clock.Now);
        await WriteAsync(AuditOf(origin, AuditResources.Tenant, TenantId, creates: true), StoreWrite.Set(Keys.Tenant, TenantRecords.Format(tenant)));
        _state = new TenantState(tenant);
        return new TenantReply(null, tenant, IsNew: true);
    });

    public async ValueTask<Tenant?> Get()
    {
        await LoadedAsync();
        return _state?.Tenant;
    }

    public async ValueTask<TenantReply> Update(Origin origin, TenantUpdateRequest request)
    {
        var reply = await ChangeAsync(async () =>
        {
            if (_state is not { } state)
            {
                return new TenantReply(TenantProblems.NotFound(TenantId), null);
            }

            if (TenantChanges.CheckUpdate(state.Tenant, request) is { } problem)
            {
                return new TenantReply(problem, null);
            }

            var tenant = TenantChanges.Update(state.Tenant, request, clock.Now);
            await PutAsync(state, tenant, origin, isAudited: true);
            return new TenantReply(null, tenant);
        });
        return request.Status == TenantStatus.Closed && reply.Problem is null
            ? reply with { IsCascading = await IsCascadingAsync() }
            : reply;
    }

    public ValueTask<BudgetReply> CreateBudget(Origin origin, ScopePath scope, BudgetCreateRequest request) => ChangeAsync(async () =>
    {
        if (CheckOwner() is { } problem)
        {
            return new BudgetReply(null, problem);
        }

        if (_state!.Tenant.Status != TenantStatus.Active)
        {
            return new BudgetReply(null, new Problem(ErrorCode.InvalidRequest, $"Tenant {TenantId} is not ACTIVE"));
        }

        if (_state.Budgets.Count >= options.Value.MaxBudgets)
        {
            return new BudgetReply(null, TenantProblems.TooManyBudgets(TenantId, _state.Budgets.Count));
        }

        if (request.PeriodEnd <= clock.Now)
        {
            return new BudgetReply(null, new Problem(ErrorCode.InvalidRequest, "period_end must lie in the future"));
        }

        var record = new BudgetRecord
        {
            LedgerId = TenantChanges.NewId("bud_", TenantId),
            TenantId = TenantId,
            Scope = scope.Value,
            Unit = request.Unit,
            Status = BudgetStatus.Active,
            OverdraftLimit = request.OverdraftLimit?.Value ?? 0,
            CommitOveragePolicy = request.CommitOveragePolicy,
            RolloverPolicy = request.RolloverPolicy ?? RolloverPolicy.None,
            PeriodStart = request.PeriodStart?.ToUniversalTime() ?? (request.PeriodEnd is null ? null : clock.Now),
            PeriodEnd = request.PeriodEnd?.ToUniversalTime(),
            PeriodAllocated = request.PeriodEnd is null ? null : request.Allocated.Value,
            Metadata = request.Metadata,
            CreatedAt = clock.Now,
        };
        var reply = await grains.Get<IScopeGrain>(scope.Value).Create(origin, record, request.Allocated.Value);
        if (reply.Budget is { } budget)
        {
            _state.PutBudget(budget.Record);
        }

        return reply;
    });

    public ValueTask<BudgetReply> UpdateBudget(Origin origin, ScopePath scope, Unit unit, BudgetChange change) => ChangeAsync(async () =>
    {
        var reply = await grains.Get<IScopeGrain>(scope.Value).Update(origin, unit, change);
        if (reply.Budget is { } budget)
        {
            _state?.PutBudget(budget.Record);
        }

        return reply;
    });

    public async ValueTask<Budget[]> ListBudgets(string[] segments, string? prefix, Unit? unit, ScopeFilter? within)
    {
        await LoadedAsync();
        if (_state is null)
        {
            return [];
        }

        // What has lapsed, and periods that have ended, are not shown as they were before.
        await Sweeps.SweepAsync(grains, _ledger, clock, TenantId);
        var found = _state.Budgets
            .Where(budget => (unit is null || budget.Unit == unit)
                && (prefix is null || budget.Scope.IsUnder(prefix))
                && Array.TrueForAll(segments, segment => budget.Scope.HasSegment(segment))
                && within?.Allows(budget.Scope) != false)
            .OrderBy(budget => budget.Scope)
            .ThenBy(budget => budget.Unit)
            .ToArray();
        return await BudgetReader.ReadAsync(store, Keys, found);
    }

    /// <summary>Nothing that a closed tenant owns changes any more (CASCADE SEMANTICS, rule 2).</summary>
    private Problem? CheckOwner() => _state switch
    {
        null => TenantProblems.NotFound(TenantId),
        { Tenant.Status: TenantStatus.Closed } => TenantProblems.Closed(TenantId),
        _ => null,
    };

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

    /// <summary>Runs a change alone, and again on fresh state when another activation was ahead.</summary>
    private async ValueTask<T> ChangeAsync<T>(Func<ValueTask<T>> change)
    {
        await _changes.WaitAsync();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await LoadedAsync();
                    return await change();
                }
                catch (StoreInDoubtException) when (attempt < Retries.Most)
                {
                    Forget();
                }
                catch (Exception)
                {
                    // What became of it is not known: whoever comes next looks.
                    Forget();
                    throw;
                }

                await Retries.PauseAsync(attempt);
            }
        }
        finally
        {
            _changes.Release();
        }
    }

    private ValueTask WriteAsync(AuditLogEntry audit, params StoreWrite[] writes) => WriteAsync([audit], writes);

    private async ValueTask WriteAsync(AuditLogEntry[] audit, StoreWrite[] writes)
    {
        var outcome = await _ledger.Commit(new LedgerTransaction
        {
            Record = new RecordStake(OpenedTenant.RecordId, _epoch),
            Writes = writes,
            Audit = audit,
            AllowedWhenClosed = true,
        });
        if (outcome != CommitOutcome.Durable)
        {
            throw new StoreInDoubtException($"tenant {TenantId} is stale");
        }
    }
}
