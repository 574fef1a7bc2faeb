using System.Diagnostics.CodeAnalysis;

namespace Cycles.Protocol.Identity;

/// <summary>
/// The id of a reservation: <c>rsv_{tenant}_{hash}</c>. It derives from (tenant, idempotency key), so a retry reaches the same
/// reservation wherever it lands, and it carries its tenant, so anyone can tell whose it is. Opaque to clients.
/// </summary>
public readonly record struct ReservationId
{
    /// <summary>The longest id that the protocol allows, in characters.</summary>
    public const int MaxLength = 128;

    private const string Prefix = "rsv_";

    private ReservationId(string value, string tenantId) => (Value, TenantId) = (value, tenantId);

    /// <summary>The id as text.</summary>
    public string Value { get; }

    /// <summary>The tenant that owns the reservation.</summary>
    public string TenantId { get; }

    /// <summary>The id of the reservation that <paramref name="idempotencyKey"/> makes for <paramref name="tenantId"/>.</summary>
    public static ReservationId Derive(string tenantId, string idempotencyKey) =>
        new(DerivedId.Create(Prefix, tenantId, idempotencyKey), tenantId);

    /// <summary>Whether <paramref name="text"/> has the shape of an id that this system makes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ReservationId id)
    {
        if (DerivedId.TryGetTenant(Prefix, text, out var tenantId))
        {
            id = new ReservationId(text!, tenantId);
            return true;
        }

        id = default;
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
