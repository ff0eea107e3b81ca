using CampaignPortal.Simulation;
using CampaignPortal.Simulation.Shop;
using CampaignPortal.Web.Demo;

namespace CampaignPortal.Web.Tests.Demo;

/// <summary>What simulated people understand of a message.</summary>
public sealed class MessageReadingTests
{
    [Theory]
    [InlineData("20% off towels", 0.20)]
    [InlineData("Up to 15% off everything", 0.15)]
    [InlineData("The % of winter", 0)]
    [InlineData("12 plates for a long table", 0)]
    [InlineData("Bettw\u00e4sche: 15 %", 0.15)]
    [InlineData("100% linen", 0)]
    [InlineData("", 0)]
    public void A_discount_is_read_off_the_subject(string subject, double discount) => Assert.Equal(discount, MessageReading.DiscountInSubject(subject));

    [Theory]
    [InlineData("Made of 80% wool", 0)]
    [InlineData("Made of 80% wool, this week 20% off", 0.20)]
    [InlineData("Now 10 % discount, members 25% less", 0.25)]
    public void In_running_text_only_what_is_off_is_a_discount(string body, double discount) => Assert.Equal(discount, MessageReading.DiscountInBody(body));

    [Fact]
    public void Departments_are_known_by_their_name_or_by_their_goods()
    {
        Assert.Equal(["Bath/Towels"], MessageReading.DepartmentsIn("10% off towels").Select(d => Department.All[d].Path));
        Assert.Equal(["Kitchen/Cookware"], MessageReading.DepartmentsIn("A casserole for Sunday").Select(d => Department.All[d].Path));
        Assert.Empty(MessageReading.DepartmentsIn("We miss you"));
    }

    [Fact]
    public void Goods_are_known_by_their_full_names_wherever_they_stand()
    {
        var catalogue = new ShopSimulator(new ShopOptions(new DateTimeOffset(2026, 3, 9, 0, 0, 0, TimeSpan.Zero)) { CustomerCount = 50 }).Catalogue;
        var (first, last) = (catalogue.Items[0], catalogue.Items[^1]);
        Assert.Equal([first.Department, last.Department], new MessageReading(catalogue).DepartmentsOfGoodsIn($"For you: {last.Name} (12 EUR), {first.Name}"));
        Assert.Empty(new MessageReading(catalogue).DepartmentsOfGoodsIn("For you: something else"));
    }
}
