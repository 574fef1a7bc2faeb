namespace Cycles.Gateway.Http;

/// <summary>What is said of a request that is no HTTP, or more of it than is read. The server's own words may repeat the request, so they are not used.</summary>
internal static class BadRequests
{
    /// <summary>Words for the caller.</summary>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    public static string Describe(int status) => status switch
    {
        StatusCodes.Status404NotFound => "There is no such route",
        StatusCodes.Status408RequestTimeout => "The request did not arrive in time",
        StatusCodes.Status411LengthRequired => "The request has a body without a length",
        StatusCodes.Status413PayloadTooLarge => "The request body is too large",
        StatusCodes.Status414UriTooLong => "The request line is too long",
        StatusCodes.Status431RequestHeaderFieldsTooLarge => "The request headers are too large or too many",
        StatusCodes.Status505HttpVersionNotsupported => "This version of HTTP is not supported",
        _ => "Malformed HTTP request",
    };
}
