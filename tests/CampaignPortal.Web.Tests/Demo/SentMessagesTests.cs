using CampaignPortal.Simulation.Shop;
using CampaignPortal.Web.Demo;

namespace CampaignPortal.Web.Tests.Demo;

/// <summary>What simulated people understand of a message.</summary>
public sealed class SentMessagesTests
{
    [Theory]
    [InlineData("20% off towels", 0.20)]
    [InlineData("Up to 15% off everything", 0.15)]
    [InlineData("The % of winter", 0)]
    [InlineData("12 plates for a long table", 0)]
    [InlineData("", 0)]
    public void A_discount_is_read_off_the_subject(string subject, double discount) => Assert.Equal(discount, SentMessages.DiscountIn(subject));

    [Fact]
    public void Departments_are_known_by_their_name_or_by_their_goods()
    {
        Assert.Equal(["Bath/Towels"], SentMessages.DepartmentsIn("10% off towels").Select(d => Department.All[d].Path));
        Assert.Equal(["Kitchen/Cookware"], SentMessages.DepartmentsIn("A casserole for Sunday").Select(d => Department.All[d].Path));
        Assert.Empty(SentMessages.DepartmentsIn("We miss you"));
    }
}
