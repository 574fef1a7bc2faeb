using CsCheck;
using Cycles.Protocol.Identity;

namespace Cycles.Protocol.Tests.Identity;

public sealed class ReservationIdTests
{
    [Fact]
    public void An_id_leads_back_to_its_tenant_whatever_the_key() => Gen.Select(
        Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789-"].Array[3, 64], Gen.String[1, 256]).Sample((tenant, key) =>
        {
            var id = ReservationId.Derive(new string(tenant), key);

            return ReservationId.TryParse(id.Value, out var parsed)
                && parsed.TenantId == new string(tenant)
                && id.Value.Length <= ReservationId.MaxLength
                && id == ReservationId.Derive(new string(tenant), key);
        });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("rsv_")]
    [InlineData("rsv_acme_")]
    [InlineData("rsv_acme_6b86b273ff34fce19d6b804eff5a3f5")]
    [InlineData("rsv_acme_6b86b273ff34fce19d6b804eff5a3f5G")]
    [InlineData("rsv_ACME_6b86b273ff34fce19d6b804eff5a3f57")]
    [InlineData("evt_acme_6b86b273ff34fce19d6b804eff5a3f57")]
    [InlineData("rsv_a}b_6b86b273ff34fce19d6b804eff5a3f57")]
    public void What_no_reservation_could_be_called_is_no_id(string? text) => Assert.False(ReservationId.TryParse(text, out _));
}
