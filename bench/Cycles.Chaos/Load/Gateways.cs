namespace Cycles.Chaos.Load;

/// <summary>The gateways as a load balancer sees them: each is asked whether it is ready, again and again, and one that is not gets no new requests.</summary>
internal sealed class Gateways : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Uri[] _addresses;
    private readonly bool[] _areReady;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _polling;

    /// <summary>Begins to ask.</summary>
    public Gateways(IEnumerable<Uri> addresses)
    {
        _addresses = [.. addresses];
        _areReady = new bool[_addresses.Length];
        _polling = Task.WhenAll(_addresses.Select((_, index) => Task.Run(() => PollAsync(index))));
    }

    /// <summary>In which order to try them: those that are ready first.</summary>
    /// <param name="turn">Which one's turn it is.</param>
    public IEnumerable<Uri> InTurn(int turn) =>
        Enumerable.Range(turn, _addresses.Length).Select(index => index % _addresses.Length).OrderBy(index => _areReady[index] ? 0 : 1).Select(index => _addresses[index]);

    /// <summary>Asks no more.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _polling.GetAwaiter().GetResult();
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task PollAsync(int index)
    {
        var ready = new Uri(_addresses[index], "/health/ready");
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await _http.GetAsync(ready, _stop.Token);
                _areReady[index] = answer.IsSuccessStatusCode;
                await Task.Delay(Poll, _stop.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                _areReady[index] = false;
                await Task.Delay(Poll, CancellationToken.None);
            }
        }
    }
}
