using System.Text.Json.Serialization.Metadata;
using Cycles.Contracts;
using Cycles.Gateway.Audit;
using Cycles.Gateway.Auth;
using Cycles.Protocol.Errors;

namespace Cycles.Gateway.Http;

/// <summary>Maps the operations of the protocol: authentication, then the operation, then its answer.</summary>
internal static class Operations
{
    /// <summary>
    /// Maps an operation that reads, or that an agent calls: of these the audit log has only who was turned away, and what the admin changes in
    /// an agent's place.
    /// </summary>
    /// <param name="routes">Where.</param>
    /// <param name="operation">Its verb, path, name, and who may.</param>
    /// <param name="run">What it does; it writes the answer itself.</param>
    public static void MapOperation(this IEndpointRouteBuilder routes, Operation operation, Func<Call, ValueTask> run) =>
        Map(routes, operation, isAudited: false, run);

    /// <summary>Maps an operation that administers something: the audit log has every one, also those that were refused.</summary>
    /// <inheritdoc cref="MapOperation"/>
    public static void MapChange(this IEndpointRouteBuilder routes, Operation operation, Func<Call, ValueTask> run) =>
        Map(routes, operation, isAudited: true, run);

    private static void Map(IEndpointRouteBuilder routes, Operation operation, bool isAudited, Func<Call, ValueTask> run)
    {
        var authenticator = routes.ServiceProvider.GetRequiredService<Authenticator>();
        var refusals = routes.ServiceProvider.GetRequiredService<RefusalLog>();
        var changes = routes.ServiceProvider.GetRequiredService<ChangeLimit>();
        var repetition = routes.ServiceProvider.GetRequiredService<Repetition>();
        routes.MapMethods(operation.Pattern, [operation.Method], (RequestDelegate)(async http =>
        {
            var attempt = new Attempt(operation);
            http.Features.Set(attempt);
            try
            {
                await repetition.RunAsync(http, attempt, RunAsync);
            }
            catch (ProblemException exception)
            {
                await ResponseWriter.WriteAsync(http, exception.Problem, exception.Status);
            }
        })).WithMetadata(operation);

        async ValueTask RunAsync(HttpContext http)
        {
            var (caller, problem) = await authenticator.AuthenticateAsync(http, operation.Access);
            var call = new Call(http, caller, operation);
            var attempt = http.Features.Get<Attempt>()!;
            if (isAudited && problem is null && !attempt.HasBegun && caller.TenantId is { } tenantId && changes.Take(tenantId) is { } tooMany)
            {
                // Not on record: the record is what is limited.
                await call.RefuseAsync(tooMany);
                return;
            }

            var isRecorded = isAudited || (caller.IsAdmin && !HttpMethods.IsGet(operation.Method));
            http.Features.Set(new AuditTrail(refusals, call, isRecorded));
            if ((problem ?? (isAudited ? caller.CheckSuspension() : null)) is { } refused)
            {
                await call.RefuseAsync(refused);
                return;
            }

            attempt.Begin();
            await run(call);
        }
    }

    /// <summary>Answers with a result.</summary>
    public static ValueTask AnswerAsync<T>(this Call call, Result<T> result, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
        where T : class => result.IsSuccess
            ? ResponseWriter.WriteAsync(call.Http, status, result.Value, type)
            : ResponseWriter.WriteAsync(call.Http, result.Problem);

    /// <summary>Answers with a value.</summary>
    public static ValueTask AnswerAsync<T>(this Call call, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        ResponseWriter.WriteAsync(call.Http, status, value, type);

    /// <summary>Answers with a page of a list, which may be long.</summary>
    public static ValueTask AnswerPageAsync<T>(this Call call, Result<T> result, JsonTypeInfo<T> type)
        where T : class => result.IsSuccess
            ? ResponseWriter.WriteLongAsync(call.Http, StatusCodes.Status200OK, result.Value, type)
            : ResponseWriter.WriteAsync(call.Http, result.Problem);

    /// <summary>Answers with a problem.</summary>
    public static ValueTask RefuseAsync(this Call call, Problem problem) => ResponseWriter.WriteAsync(call.Http, problem);
}
