using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cycles.Cluster.Tests.Api;

/// <summary>The server over HTTP, at an address that may change with every restart.</summary>
internal sealed class HttpApi(string adminKey, TimeSpan? patience = null) : ICyclesApi, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), UseProxy = false })
    {
        Timeout = patience ?? TimeSpan.FromSeconds(5),
    };

    private readonly ConcurrentDictionary<string, string> _keys = [];

    /// <summary>Where the server is now.</summary>
    public Uri Address { get; set; } = new("http://127.0.0.1:1");

    /// <summary>Asks with this key in the tenant's name from now on.</summary>
    public void UseKey(string tenantId, string secret) => _keys[tenantId] = secret;

    public async Task<Answer> SendAsync(ApiRequest request)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(Address, request.Path));
        if (request.TenantId is { } tenantId)
        {
            message.Headers.Add("X-Cycles-API-Key", _keys[tenantId]);
        }
        else
        {
            message.Headers.Add("X-Admin-API-Key", adminKey);
        }

        if (request.Body is { } body)
        {
            message.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await _http.SendAsync(message);
            var text = await response.Content.ReadAsStringAsync();
            return new Answer((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text) as JsonObject)
            {
                IsCascading = response.Headers.TryGetValues("X-Cycles-Cascade-Status", out var status) && status.Single() == "in_progress",
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            return Answer.None(exception.Message);
        }
    }

    /// <summary>Whether <c>/health/ready</c> says that requests are served.</summary>
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(Address, "/health/ready"));
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();
}
