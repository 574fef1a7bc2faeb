namespace Cycles.Cluster.Tests.Api;

/// <summary>Asks as a client that does not give up.</summary>
internal static class PatientApi
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Asks until the server says what became of it, or a minute has passed: on a busy machine, or while grains move, one request may come to
    /// nothing. Only for what may be sent twice.
    /// </summary>
    public static async Task<Answer> SendUntilAnsweredAsync(this ICyclesApi api, ApiRequest request)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await api.SendAsync(request);
            if (answer.IsFinal || TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                return answer;
            }

            await Task.Delay(RetryAfter);
        }
    }
}
