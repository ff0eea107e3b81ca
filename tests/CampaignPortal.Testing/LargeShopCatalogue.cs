using System.Globalization;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Testing;

/// <summary>Made-up goods: a few sell much, most sell little, and each customer has a favourite shelf.</summary>
internal sealed class LargeShopCatalogue
{
    private const int ItemCount = 3_000;

    private static readonly string[] Categories = ["Home/Bedding", "Home/Lighting", "Home/Decoration", "Home/Rugs", "Kitchen/Tableware", "Kitchen/Cookware", "Kitchen/Glass", "Bath/Towels", "Garden/Pots", "Garden/Furniture", "Living/Sofas", "Living/Tables"];
    private static readonly string[] Materials = ["Linen", "Wool", "Ceramic", "Brass", "Oak", "Jute", "Glass", "Stoneware", "Cotton", "Walnut"];
    private static readonly string[] Things = ["cover", "throw", "lamp", "candle", "board", "rug", "carafe", "bowl", "towel", "stool", "tray", "vase"];
    private static readonly string[] Colours = ["sage", "oat", "ink", "rust", "sand", "white", "moss"];

    public LargeShopCatalogue(Rng rng) => Items = [.. Enumerable.Range(0, ItemCount).Select(i => Item(i, rng))];

    public IReadOnlyList<ItemDraft> Items { get; }

    /// <summary>Three of five from the customer's own shelf; within a shelf the first ones sell best.</summary>
    public static int Draw(Rng rng, int customer)
    {
        var shelf = rng.NextInt(5) < 3 ? customer * 7 % Categories.Length : rng.NextInt(Categories.Length);
        var place = (int)(Math.Pow(rng.NextDouble(), 2.5) * (ItemCount / Categories.Length));
        return place * Categories.Length + shelf;
    }

    private static ItemDraft Item(int number, Rng rng) => new(string.Create(CultureInfo.InvariantCulture, $"p-{10_000 + number}"))
    {
        Name = $"{Materials[rng.NextInt(Materials.Length)]} {Things[number % Things.Length]}, {Colours[rng.NextInt(Colours.Length)]}",
        Category = Categories[number % Categories.Length],
        Price = Math.Round((decimal)(8 * Math.Exp(1.1 * Math.Abs(rng.NextNormal()))), 2),
        Currency = "EUR",
        Stock = 5 + rng.NextInt(500),
    };
}
