using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Cycles.Architecture.Tests;

/// <summary>An operator looks an event up by its id.</summary>
public sealed class LogTests
{
    [Fact]
    public void No_two_events_of_the_log_have_one_id()
    {
        var events = new[] { Assemblies.Grains, Assemblies.Silo, Assembly.Load("Cycles.Gateway") }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Event: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.Event is not null)
            .ToArray();

        Assert.True(events.Length > 20);
        Assert.All(
            events.GroupBy(found => found.Event!.EventId),
            same => Assert.True(same.Count() == 1, $"{same.Key}: {string.Join(", ", same.Select(found => $"{found.Method.DeclaringType}.{found.Method.Name}"))}"));
    }
}
