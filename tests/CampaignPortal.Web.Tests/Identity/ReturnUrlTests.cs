using CampaignPortal.Web.Identity;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignPortal.Web.Tests.Identity;

public sealed class ReturnUrlTests
{
    [Theory, Trait("Promise", "S-38")]
    [InlineData("//evil.example"), InlineData("/\\evil.example"), InlineData("https://evil.example"), InlineData("/\t/evil.example"), InlineData("/\n/evil.example")]
    [InlineData("javascript:alert(1)"), InlineData("evil.example"), InlineData(""), InlineData(null), InlineData("\\/evil.example"), InlineData("/a\\b")]
    public void Whatever_leads_away_leads_home(string? url) => Assert.Equal("/", ReturnUrl.Local(url));

    [Theory, Trait("Promise", "S-38")]
    [InlineData("/"), InlineData("/customers?q=lena&sort=spent"), InlineData("/predictions/purchase-30?tab=training")]
    public void Paths_of_the_portal_are_kept(string url) => Assert.Equal(url, ReturnUrl.Local(url));

    [Fact, Trait("Promise", "S-38")]
    public void No_text_leaves_the_portal() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        var local = ReturnUrl.Local("/" + text);
        return new Uri(new Uri("http://portal/"), local).Authority == "portal";
    }).QuickCheckThrowOnFailure();
}
