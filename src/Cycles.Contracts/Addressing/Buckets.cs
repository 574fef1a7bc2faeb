namespace Cycles.Contracts.Addressing;

/// <summary>
/// Which grain has the object of an id that derives from an idempotency key (<c>{prefix}{tenant}_{hash}</c>): one of its tenant's few for that prefix, found by the
/// hash. A grain for each object would cost an activation and an entry in the directory of grains for something that a row in a table gives.
/// </summary>
public static class Buckets
{
    // More let one tenant's objects use more cores; each costs a tenant with few of them an activation.
    private const int Count = 8;

    /// <summary>The key of that grain, <c>{prefix}{tenant}_{bucket}</c>.</summary>
    public static string KeyOf(string id)
    {
        var digit = char.IsAsciiDigit(id[^1]) ? id[^1] - '0' : id[^1] - 'a' + 10;
        return string.Create(id.LastIndexOf('_') + 2, (id, digit % Count), static (key, part) =>
        {
            part.id.AsSpan(0, key.Length - 1).CopyTo(key);
            key[^1] = (char)('0' + part.Item2);
        });
    }
}
