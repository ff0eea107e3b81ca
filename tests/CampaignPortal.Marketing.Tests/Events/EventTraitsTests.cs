using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Tests.Events;

public sealed class EventTraitsTests
{
    [Theory]
    [InlineData("Germany", "DE"), InlineData("EIRE", "IE"), InlineData("RSA", "ZA"), InlineData("UK", "GB"), InlineData("中国", "CN"), InlineData("fr", "FR")]
    public void A_country_is_read_as_its_code_and_its_own_wording_stays(string said, string code)
    {
        Assert.Equal([("country", code), ("country_raw", said)], EventTraits.Of(EventKind.OrderPlaced, $$"""{"country":"{{said}}"}"""));
        Assert.Equal([("city", "x"), ("country", code), ("country_raw", said)], EventTraits.Of(EventKind.ProfileUpdated, $$$"""{"traits":{"city":"x","country":"{{{said}}}"}}"""));
    }

    [Theory]
    [InlineData("GB"), InlineData("Unspecified"), InlineData("European Community"), InlineData("")]
    public void A_code_and_what_is_no_country_stay_as_they_are(string said) =>
        Assert.Equal([("country", said)], EventTraits.Of(EventKind.OrderPlaced, $$"""{"country":"{{said}}"}"""));

    [Fact]
    public void A_wording_that_the_event_states_itself_is_kept() =>
        Assert.Equal([("country", "DE"), ("country_raw", "Deutschland")], EventTraits.Of(EventKind.ProfileUpdated, """{"traits":{"country":"DE","country_raw":"Deutschland"}}"""));
}
