using System.Text.Json.Serialization.Metadata;
using Cycles.Client;
using Cycles.Gateway.Auth;
using Cycles.Protocol.Errors;

namespace Cycles.Gateway.Http;

/// <summary>Maps the operations of the protocol: authentication, then the operation, then its answer.</summary>
internal static class Operations
{
    /// <summary>Maps an operation.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="method">The verb.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="access">Who may.</param>
    /// <param name="operation">What it does; it writes the answer itself.</param>
    public static void MapOperation(
        this IEndpointRouteBuilder routes, string method, string pattern, Access access, Func<Call, ValueTask> operation)
    {
        var authenticator = routes.ServiceProvider.GetRequiredService<Authenticator>();
        routes.MapMethods(pattern, [method], (RequestDelegate)(async http =>
        {
            try
            {
                await operation(new Call(http, await authenticator.AuthenticateAsync(http, access)));
            }
            catch (ProblemException exception)
            {
                await ResponseWriter.WriteAsync(http, exception.Problem, exception.Status);
            }
        }));
    }

    /// <summary>Answers with a result.</summary>
    public static ValueTask AnswerAsync<T>(this Call call, Result<T> result, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
        where T : class => result.IsSuccess
            ? ResponseWriter.WriteAsync(call.Http, status, result.Value, type)
            : ResponseWriter.WriteAsync(call.Http, result.Problem);

    /// <summary>Answers with a value.</summary>
    public static ValueTask AnswerAsync<T>(this Call call, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        ResponseWriter.WriteAsync(call.Http, status, value, type);

    /// <summary>Answers with a problem.</summary>
    public static ValueTask RefuseAsync(this Call call, Problem problem) => ResponseWriter.WriteAsync(call.Http, problem);
}
