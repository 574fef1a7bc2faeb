using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cycles.Contracts;
using Cycles.Contracts.Agents;
using Cycles.Protocol.Decisions;
using Cycles.Protocol.Events;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;

namespace Cycles.Client.Agents;

/// <summary>
/// The runtime plane for .NET agents that are Orleans clients of a cluster and hold nothing but an API key: reserve before the action,
/// commit what it cost. The silo validates, and does what the key permits, as the HTTP gateway does. A retry under the same idempotency key is the
/// same action.
/// </summary>
/// <param name="grains">The grain factory of the Orleans client.</param>
/// <param name="apiKey">The secret of an API key; it decides the tenant, the permissions and the part of the tenant.</param>
public sealed class AgentClient(IGrainFactory grains, string apiKey)
{
    private readonly IAgentGrain _door = grains.GetGrain<IAgentGrain>(0);

    /// <summary>Holds an estimate on every budgeted scope of the subject, or on none; with <c>DryRun</c> only says what would happen.</summary>
    public ValueTask<Result<ReservationCreateResponse>> ReserveAsync(ReservationCreateRequest request) =>
        CallAsync(AgentOperation.Reserve, null, Write(request, ProtocolJson.Default.ReservationCreateRequest), ProtocolJson.Default.ReservationCreateResponse);

    /// <summary>Says what a reserve would be answered, and holds nothing.</summary>
    public ValueTask<Result<DecisionResponse>> DecideAsync(DecisionRequest request) =>
        CallAsync(AgentOperation.Decide, null, Write(request, ProtocolJson.Default.DecisionRequest), ProtocolJson.Default.DecisionResponse);

    /// <summary>Charges what has happened without a reservation.</summary>
    public ValueTask<Result<EventCreateResponse>> ApplyAsync(EventCreateRequest request) =>
        CallAsync(AgentOperation.Apply, null, Write(request, ProtocolJson.Default.EventCreateRequest), ProtocolJson.Default.EventCreateResponse);

    /// <summary>Records the real cost of a reservation; what is left of the hold flows back.</summary>
    public ValueTask<Result<CommitResponse>> CommitAsync(string reservationId, CommitRequest request) =>
        CallAsync(AgentOperation.Commit, reservationId, Write(request, ProtocolJson.Default.CommitRequest), ProtocolJson.Default.CommitResponse);

    /// <summary>Gives a reservation back whole.</summary>
    public ValueTask<Result<ReleaseResponse>> ReleaseAsync(string reservationId, ReleaseRequest request) =>
        CallAsync(AgentOperation.Release, reservationId, Write(request, ProtocolJson.Default.ReleaseRequest), ProtocolJson.Default.ReleaseResponse);

    /// <summary>Moves the expiry of a reservation; a heartbeat.</summary>
    public ValueTask<Result<ReservationExtendResponse>> ExtendAsync(string reservationId, ReservationExtendRequest request) => CallAsync(
        AgentOperation.Extend, reservationId, Write(request, ProtocolJson.Default.ReservationExtendRequest), ProtocolJson.Default.ReservationExtendResponse);

    /// <summary>A reservation; RESERVATION_EXPIRED once it has expired.</summary>
    public ValueTask<Result<ReservationDetail>> GetAsync(string reservationId) =>
        CallAsync(AgentOperation.Get, reservationId, [], ProtocolJson.Default.ReservationDetail);

    /// <summary>The budgets whose scopes have all the segments (such as <c>agent:summarizer</c>), in order of scope and unit.</summary>
    public ValueTask<Result<BalanceResponse>> BalancesAsync(params string[] segments) =>
        CallAsync(AgentOperation.Balances, null, Encoding.UTF8.GetBytes(string.Join('\n', segments)), ProtocolJson.Default.BalanceResponse);

    private static byte[] Write<T>(T request, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(request, type);

    private async ValueTask<Result<T>> CallAsync<T>(AgentOperation operation, string? reservationId, byte[] body, JsonTypeInfo<T> answer)
        where T : class
    {
        var reply = await _door.Call(new AgentCall { ApiKey = apiKey, Operation = operation, ReservationId = reservationId, Body = body });
        return reply.Problem is { } problem ? problem : JsonSerializer.Deserialize(reply.Body, answer)!;
    }
}
