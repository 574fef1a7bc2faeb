using System.Runtime.InteropServices;
using Cycles.Bench;

if (args.Any(argument => argument is "--help" or "-h"))
{
    Console.WriteLine(BenchOptions.Usage);
    return 0;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    return await BenchRun.RunAsync(BenchOptions.Parse(args), stop.Token);
}
catch (BenchException problem)
{
    Console.Error.WriteLine($"bench: {problem.Message}");
    return 2;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("bench: stopped; everything it started has been ended");
    return 130;
}

// What was started ends with the run, so the default way out (the process vanishes) is refused.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
