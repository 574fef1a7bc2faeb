using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cycles.Chaos.Cluster;

namespace Cycles.Chaos.Load;

/// <summary>
/// The cluster as its clients see it: two gateways behind a load balancer. A client that finds one closed asks the other at once; what fails in another
/// way has failed, and is asked again after a pause where that does no harm.
/// </summary>
internal sealed class Api(IReadOnlyList<Uri> addresses) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(12),
    };

    private readonly Gateways _gateways = new(addresses);

    private ConcurrentDictionary<string, int> _failures = [];
    private int _requests;

    /// <summary>Requests that were sent, repetitions among them.</summary>
    public int Requests => _requests;

    /// <summary>What requests failed with since the last call, and how often.</summary>
    public IReadOnlyDictionary<string, int> TakeFailures() => Interlocked.Exchange(ref _failures, []);

    /// <summary>
    /// Asks until there is a final answer; what may not be repeated only as long as it was not sent. A pause between failures, the other gateway
    /// after each.
    /// </summary>
    /// <returns>The last answer: not final when the outcome is unknown, or <paramref name="stop"/> came first.</returns>
    public async Task<Answer> PerformAsync(Request request, int client, CancellationToken stop)
    {
        for (var attempt = client; ; attempt++)
        {
            var answer = await SendAsync(request, attempt);
            if (answer.IsFinal || stop.IsCancellationRequested || (!request.MayRepeat && answer.WasSent))
            {
                return answer;
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    /// <summary>Asks once; a gateway that does not listen is passed over.</summary>
    public async Task<Answer> SendAsync(Request request, int client)
    {
        Interlocked.Increment(ref _requests);
        var answer = Answer.None;
        foreach (var gateway in _gateways.InTurn(client).TakeWhile(_ => !answer.WasSent))
        {
            answer = await SendToAsync(request, gateway);
        }

        if (!answer.IsFinal)
        {
            var text = answer.Status == 0 ? answer.Failure! : $"{answer.Status} {(string?)answer.Body?["message"]}";
            _failures.AddOrUpdate($"{request.Kind}: {text}", 1, (_, count) => count + 1);
        }

        return answer;
    }

    public void Dispose()
    {
        _gateways.Dispose();
        _http.Dispose();
    }

    private async Task<Answer> SendToAsync(Request request, Uri gateway)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(gateway, request.Path));
        message.Headers.Add(request.Secret is null ? "X-Admin-API-Key" : "X-Cycles-API-Key", request.Secret ?? Grid.AdminKey);
        if (request.Body is { } body)
        {
            message.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await _http.SendAsync(message);
            var text = await response.Content.ReadAsStringAsync();
            return new Answer((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text) as JsonObject);
        }
        catch (HttpRequestException exception) when (exception is { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException })
        {
            return Answer.None;
        }
        catch (OperationCanceledException)
        {
            return new Answer(0, null, "no answer within 12 s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            return new Answer(0, null, exception.Message);
        }
    }
}
