using System.Xml.Linq;
using CampaignPortal.Simulation.Shop;

namespace CampaignPortal.Simulation.Tests;

public sealed class CatalogueTests
{
    private static readonly IReadOnlyList<ShopItem> Items = Shops.Small().Catalogue.Items;

    [Fact]
    public void It_offers_five_hundred_goods_in_at_least_twelve_departments_each_with_name_text_and_price()
    {
        Assert.InRange(Items.Count, 480, 540);
        Assert.True(Items.Select(i => i.Category).Distinct().Count() >= 12);
        Assert.Equal(Items.Count, Items.Select(i => i.Id).Distinct().Count());
        Assert.Equal(Items.Count, Items.Select(i => i.Name).Distinct().Count());
        Assert.All(Items, i =>
        {
            Assert.InRange(i.Price, 3m, 1_000m);
            Assert.InRange(i.Description.Length, 40, 300);
        });
    }

    [Fact]
    public void Every_picture_is_a_small_drawing_without_scripts_or_references_and_most_differ()
    {
        var pictures = Items.Select(ItemPicture.Draw).ToArray();

        Assert.All(pictures, picture =>
        {
            var root = XDocument.Parse(picture).Root!;
            Assert.Equal("svg", root.Name.LocalName);
            Assert.InRange(picture.Length, 300, 3_000);
            Assert.DoesNotContain(root.DescendantsAndSelf().Attributes(), a => a.Name.LocalName is "href" or "style" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
            Assert.DoesNotContain(root.Descendants(), e => e.Name.LocalName is "script" or "foreignObject" or "image");
        });
        Assert.True(pictures.Distinct().Count() > Items.Count * 3 / 4);
        Assert.Equal(pictures[17], ItemPicture.Draw(Items[17]));
    }

    [Fact]
    public void The_year_moves_departments_and_the_sale_comes_when_it_is_due()
    {
        var calendar = Shops.Small().Calendar;
        var garden = Department.All.ToList().FindIndex(d => d.Path == "Garden/Outdoor living");
        int DayOf(int month, int day) => Enumerable.Range(0, 366).First(d => calendar.DateOf(d) is var date && date.Month == month && date.Day == day);

        Assert.True(calendar.DepartmentsOf(DayOf(6, 10))[garden] > 8 * calendar.DepartmentsOf(DayOf(12, 10))[garden]);
        Assert.True(calendar.SeasonOf(DayOf(11, 26)) > 1.4 * calendar.SeasonOf(DayOf(8, 3)));
        Assert.Equal(0.20, calendar.SaleOf(DayOf(11, 27)));
        Assert.Equal(0, calendar.SaleOf(DayOf(3, 9)));
    }
}
