namespace Cycles.Cluster.Tests.Api;

/// <summary>A way to the server: over HTTP, or straight to the grains.</summary>
internal interface ICyclesApi
{
    /// <summary>Asks once. Never throws for a server that is not there: then nothing came back.</summary>
    Task<Answer> SendAsync(ApiRequest request);
}
