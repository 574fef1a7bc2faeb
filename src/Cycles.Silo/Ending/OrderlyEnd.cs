using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cycles.Silo.Ending;

/// <summary>The end of a process after SIGTERM: within 10 s and with one line, whatever the store does.</summary>
public static class OrderlyEnd
{
    // What the host may take to end its services in order; after that they are told to give up.
    private static readonly TimeSpan InOrder = TimeSpan.FromSeconds(6);

    // From SIGTERM on; a container is killed after 10 s, and a kill says nothing.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(9);

    private static volatile bool _hasBegun;

    /// <summary>Whether the process was told to end: what fails from now on is no news.</summary>
    public static bool HasBegun => _hasBegun;

    /// <summary>Bounds the time that the host takes to end.</summary>
    public static void AddBoundedEnd(this IServiceCollection services) =>
        services.Configure<HostOptions>(host => host.ShutdownTimeout = InOrder);

    /// <summary>From SIGTERM on the process has <see cref="Limit"/>; then it ends as it is. That is as safe as a crash: what is answered is durable.</summary>
    public static void Watch(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(() =>
    {
        _hasBegun = true;
        new Thread(EndLate) { IsBackground = true, Name = nameof(OrderlyEnd) }.Start();
    });

    /// <summary>Completes when the token is cancelled.</summary>
    public static async Task WaitAsync(this CancellationToken cancellation)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellation.Register(told.SetResult))
        {
            await told.Task;
        }
    }

    /// <summary>Ends the host; services that do not end in time, or fail while they do, change nothing.</summary>
    public static async Task StopAsync(IHost host)
    {
        try
        {
            await host.StopAsync();
        }
        catch (Exception)
        {
            // The store is gone, or a silo is: what is answered is durable, and the next start reads it.
        }
    }

    private static void EndLate()
    {
        Thread.Sleep(Limit);
        Console.WriteLine("Cycles has stopped; what it had not answered yet may have been done or not");
        Environment.Exit(0);
    }
}
