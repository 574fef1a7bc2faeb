using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cycles.Client;
using Cycles.Contracts;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Agents;
using Cycles.Contracts.Keys;
using Cycles.Contracts.Tenants;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Reservations;
using Orleans.Concurrency;
using ErrorCode = Cycles.Protocol.Errors.ErrorCode;

namespace Cycles.Silo.Agents;

[StatelessWorker, Reentrant]
internal sealed class AgentGrain(IGrainFactory grains, TimeProvider time) : Grain, IAgentGrain
{
    private const int MaxKnown = 10_000;
    private const int MaxSecretLength = 128;
    private const int MaxBodyLength = 256 * 1024;

    private static readonly TimeSpan NoteUseEvery = TimeSpan.FromMinutes(1);

    /// <summary>By the hash of a secret: whose it is, which never changes, and when its use was noted.</summary>
    private readonly Dictionary<string, Known> _known = [];

    public async ValueTask<AgentReply> Call(AgentCall call)
    {
        if (await FindAsync(call.ApiKey) is not { Key: { Status: ApiKeyStatus.Active } key })
        {
            // Which of unknown, revoked and expired it is, is not told.
            return Refuse(ErrorCode.Unauthorized, "Missing or invalid API key");
        }

        var permission = PermissionFor(call.Operation);
        if (!Permissions.Satisfy(key.Permissions, permission))
        {
            return Refuse(ErrorCode.Forbidden, $"The API key lacks the permission {permission}");
        }

        if (call.Body.Length > MaxBodyLength)
        {
            return new AgentReply(new Problem(ErrorCode.InvalidRequest, $"The request is longer than {MaxBodyLength} bytes"), []);
        }

        try
        {
            return await RunAsync(new CyclesClient(grains, key.TenantId, ScopeFilter.Of(key.ScopeFilter)), call);
        }
        catch (JsonException exception)
        {
            return new AgentReply(new Problem(ErrorCode.InvalidRequest, $"The request cannot be read: {exception.Message}"), []);
        }
    }

    private static AgentReply Refuse(ErrorCode code, string message) => new(new Problem(code, message, IsDenial: true), []);

    private static string PermissionFor(AgentOperation operation) => operation switch
    {
        AgentOperation.Reserve or AgentOperation.Decide or AgentOperation.Apply => Permissions.ReservationsCreate,
        AgentOperation.Commit => Permissions.ReservationsCommit,
        AgentOperation.Release => Permissions.ReservationsRelease,
        AgentOperation.Extend => Permissions.ReservationsExtend,
        AgentOperation.Get => Permissions.ReservationsList,
        AgentOperation.Balances => Permissions.BalancesRead,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private static async ValueTask<AgentReply> RunAsync(CyclesClient client, AgentCall call)
    {
        var json = ProtocolJson.Default;
        var id = call.ReservationId ?? string.Empty;
        return call.Operation switch
        {
            AgentOperation.Reserve => Reply(await client.ReserveAsync(Read(call, json.ReservationCreateRequest)), json.ReservationCreateResponse),
            AgentOperation.Decide => Reply(await client.DecideAsync(Read(call, json.DecisionRequest)), json.DecisionResponse),
            AgentOperation.Apply => Reply(await client.ApplyAsync(Read(call, json.EventCreateRequest)), json.EventCreateResponse),
            AgentOperation.Commit => Reply(await client.CommitAsync(id, Read(call, json.CommitRequest)), json.CommitResponse),
            AgentOperation.Release => Reply(await client.ReleaseAsync(id, Read(call, json.ReleaseRequest)), json.ReleaseResponse),
            AgentOperation.Extend => Reply(await client.ExtendAsync(id, Read(call, json.ReservationExtendRequest)), json.ReservationExtendResponse),
            AgentOperation.Get => Reply(await client.GetAsync(id), json.ReservationDetail),
            AgentOperation.Balances => Reply<BalanceResponse>(
                new BalanceResponse
                {
                    Balances = await client.BalancesAsync(Encoding.UTF8.GetString(call.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries)),
                    HasMore = false,
                },
                json.BalanceResponse),
            _ => throw new ArgumentOutOfRangeException(nameof(call)),
        };
    }

    private static T Read<T>(AgentCall call, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(call.Body, type) ?? throw new JsonException("it is null");

    private static AgentReply Reply<T>(Result<T> result, JsonTypeInfo<T> type)
        where T : class
        => result.IsSuccess ? new AgentReply(null, JsonSerializer.SerializeToUtf8Bytes(result.Value, type)) : new AgentReply(result.Problem, []);

    /// <summary>The key of a secret as its tenant has it now.</summary>
    private async ValueTask<AuthenticatedKey?> FindAsync(string secret)
    {
        if (secret.Length is 0 or > MaxSecretLength)
        {
            return null;
        }

        var hash = ApiKeySecrets.Hash(secret);
        if (!_known.TryGetValue(hash, out var known))
        {
            if (await grains.GetGrain<IKeyDirectoryGrain>(0).Find(hash) is not { } found)
            {
                return null;
            }

            if (_known.Count >= MaxKnown)
            {
                _known.Clear();
            }

            _known[hash] = known = new Known(found.Key.TenantId);
        }

        var tenant = grains.Get<ITenantGrain>(known.TenantId);
        var key = await tenant.FindKey(hash);
        if (key is { Key.Status: ApiKeyStatus.Active } && (known.NotedAt is not { } notedAt || time.GetElapsedTime(notedAt) >= NoteUseEvery))
        {
            known.NotedAt = time.GetTimestamp();
            await tenant.NoteKeyUse(key.Key.KeyId);
        }

        return key;
    }

    private sealed class Known(string tenantId)
    {
        public string TenantId => tenantId;

        public long? NotedAt { get; set; }
    }
}
