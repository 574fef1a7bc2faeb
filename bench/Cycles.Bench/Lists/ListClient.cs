using System.Diagnostics;

namespace Cycles.Bench.Lists;

/// <summary>Asks for lists and measures until the whole answer is there.</summary>
internal sealed class ListClient : IDisposable
{
    private readonly HttpClient _http;

    public ListClient(Uri address, string adminKey)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        _http.DefaultRequestHeaders.Add("X-Admin-API-Key", adminKey);
    }

    public async Task<TimeSpan> GetAsync(string path, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await _http.GetAsync(path, cancellation);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
        var took = Stopwatch.GetElapsedTime(started);
        return answer.IsSuccessStatusCode && body.Length > 0
            ? took
            : throw new BenchException($"{path} answered {(int)answer.StatusCode}");
    }

    public void Dispose() => _http.Dispose();
}
