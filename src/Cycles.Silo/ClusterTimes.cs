using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Cycles.Silo;

/// <summary>How long silos and gateways wait for each other. The times depend on each other and stand in one place; docs/operations.md says what was measured.</summary>
public static class ClusterTimes
{
    /// <summary>How long a gateway waits for a silo's answer: half of the time in which it runs a request again.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    /// <summary>How often a gateway looks which silos take clients.</summary>
    public static readonly TimeSpan GatewayList = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Connection = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A silo that does not answer three probes, and has sent nothing meanwhile, is declared dead: after 4 to 5 s. One vote is enough, as of three silos two
    /// may hang; and no silo asks another one to probe for it, as that one may hang too. A silo that is declared dead by mistake cannot do
    /// harm: its fences are taken.
    /// </summary>
    public static void Set(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);

        // Orleans stretches the timeout for a silo that answers slowly, up to here; without a limit to four times of it, and a vote counts only when
        // nothing was heard for three of the longest: then it takes 24 s. A gateway runs a request again after its answer has been waited for
        // in vain (Answer), and by then it should reach the silo that has taken over.
        membership.MaxProbeTimeout = TimeSpan.FromMilliseconds(1250);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 1;
        membership.EnableIndirectProbes = false;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
        membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
    }

    /// <summary>
    /// A silo waits for another silo's answer as long as a gateway runs a request again. When the answer got lost with a silo, the calling grain keeps its
    /// other callers waiting for that time. Methods that may take longer have a time of their own (<c>ResponseTimeout</c>).
    /// </summary>
    public static void Set(SiloMessagingOptions messaging) => messaging.ResponseTimeout = Answer * 2;

    /// <summary>An activation that does not end is given up: the next call to its grain makes a new one.</summary>
    public static void AddBoundedActivations(this ISiloBuilder silo)
    {
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionQuantum = TimeSpan.FromSeconds(10);
            collection.DeactivationTimeout = TimeSpan.FromSeconds(5);
        });
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            messaging.MaxForwardCount = 10;

            // As long as anybody waits for an answer; Orleans' own limit is two hours.
            messaging.MaxRequestProcessingTime = TimeSpan.FromSeconds(30);
        });
    }

    /// <summary>A gateway learns within half a second that a silo has come or gone, and waits a second for a connection.</summary>
    public static void AddShortWaits(this IClientBuilder client)
    {
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = GatewayList);
        client.Configure<ConnectionOptions>(connection => connection.OpenConnectionTimeout = Connection);
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = Answer);
        client.Services.AddForeignExceptions();
    }

    /// <summary>The store client's exceptions may cross from silo to silo; Orleans cannot write exceptions that it was not told of.</summary>
    public static void AddForeignExceptions(this IServiceCollection services) =>
        services.Configure<Orleans.Serialization.ExceptionSerializationOptions>(
            exceptions => exceptions.SupportedNamespacePrefixes.Add(nameof(StackExchange)));
}
