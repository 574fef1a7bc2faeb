namespace Cycles.Contracts.Addressing;

/// <summary>Grain references without the price of <c>GetGrain&lt;T&gt;</c>, which looks the interface up by reflection on every call (7 % of a reserve).</summary>
public static class GrainReferences
{
    /// <summary>The grain of that key.</summary>
    /// <typeparam name="TGrain">Its interface; one grain class has it.</typeparam>
    public static TGrain Get<TGrain>(this IGrainFactory grains, string key)
        where TGrain : class, IGrainWithStringKey
    {
        // The meaning of a name does not change while the process runs: the first call finds it out for all.
        if (Names<TGrain>.Sample is not { } sample)
        {
            var first = grains.GetGrain<TGrain>(key);
            Names<TGrain>.Sample = first as GrainReference;
            return first;
        }

        return (TGrain)grains.GetGrain(GrainId.Create(sample.GrainId.Type, key), sample.InterfaceType);
    }

    private static class Names<TGrain>
    {
        public static GrainReference? Sample { get; set; }
    }
}
