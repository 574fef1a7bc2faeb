using System.Net;

namespace Cycles.Http.Tests.Isolation;

/// <summary>The request of one operation, and its outcome for each kind of caller.</summary>
internal sealed record Row
{
    /// <summary>Verb and route as the server has them: <c>POST /v1/reservations/{reservation_id}/commit</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Tells apart the rows of one operation.</summary>
    public string Variant { get; init; } = string.Empty;

    /// <summary>A request that succeeds for a caller with the right, about something outside the restricted key's part.</summary>
    public required Func<World, Request> Ask { get; init; }

    /// <summary>The answer to a caller with the right.</summary>
    public HttpStatusCode Success { get; init; } = HttpStatusCode.OK;

    /// <summary>Whether no key is needed.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether any API key will do.</summary>
    public bool TakesAnyKey { get; init; }

    /// <summary>Whether the admin key is taken.</summary>
    public bool TakesAdmin { get; init; }

    /// <summary>What an API key needs; null when none is taken, or any.</summary>
    public string? Permission { get; init; }

    /// <summary>What an API key of another tenant is answered.</summary>
    public Outcome Foreign { get; init; } = Outcome.Forbidden;

    /// <summary>What a key is answered that is restricted to another part of the tenant.</summary>
    public Outcome Restricted { get; init; } = Outcome.Forbidden;

    public string Name => Variant.Length == 0 ? Operation : $"{Operation} ({Variant})";

    public HttpMethod Method => new(Operation.Split(' ')[0]);

    /// <summary>Only for the admin.</summary>
    public static Row Admin(string operation, Func<World, Request> ask, HttpStatusCode success = HttpStatusCode.OK) =>
        new() { Operation = operation, Ask = ask, Success = success, TakesAdmin = true };

    /// <summary>For API keys with a permission.</summary>
    public static Row Tenant(string operation, string permission, Func<World, Request> ask, HttpStatusCode success = HttpStatusCode.OK) =>
        new() { Operation = operation, Ask = ask, Success = success, Permission = permission };

    /// <summary>For API keys with a permission, and for the admin.</summary>
    public static Row Dual(string operation, string permission, Func<World, Request> ask, HttpStatusCode success = HttpStatusCode.OK) =>
        Tenant(operation, permission, ask, success) with { TakesAdmin = true };

    /// <summary>For everybody.</summary>
    public static Row Open(string operation) => new() { Operation = operation, Ask = _ => new(operation.Split(' ')[1]), IsOpen = true };

    public override string ToString() => Name;
}

/// <summary>A request without its key.</summary>
/// <param name="Path">The path with its query.</param>
/// <param name="Body">The body.</param>
internal sealed record Request(string Path, string? Body = null);

/// <summary>What comes of a request.</summary>
/// <param name="Status">The status.</param>
/// <param name="Error">The error code; null when it is a success.</param>
/// <param name="Shows">What the answer must have and what it must not.</param>
internal sealed record Outcome(HttpStatusCode Status, string? Error = null, Shows Shows = Shows.Anything)
{
    public static readonly Outcome Unauthorized = new(HttpStatusCode.Unauthorized, "UNAUTHORIZED");

    public static readonly Outcome Forbidden = new(HttpStatusCode.Forbidden, "FORBIDDEN");

    public static readonly Outcome LacksPermission = new(HttpStatusCode.Forbidden, "INSUFFICIENT_PERMISSIONS");

    public static readonly Outcome Invalid = new(HttpStatusCode.BadRequest, "INVALID_REQUEST");

    /// <summary>A success with nothing of the tenant.</summary>
    public static readonly Outcome ShowsNothing = new(HttpStatusCode.OK, null, Shows.Nothing);

    /// <summary>A success with what is inside of the key's part, and nothing of what is outside.</summary>
    public static readonly Outcome ShowsInside = new(HttpStatusCode.OK, null, Shows.InsideOnly);
}

/// <summary>What an answer has of the tenant's two parts.</summary>
internal enum Shows
{
    Anything,
    Nothing,
    InsideOnly,
}
