using System.Globalization;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Simulation.Shop;

/// <summary>The goods of the shop, named and described by a small grammar.</summary>
public sealed class Catalogue
{
    /// <summary>Items of each department.</summary>
    public const int DepartmentSize = 36;

    private static readonly string[] Series =
    [
        "Alder", "Fjord", "Hazel", "Linnet", "Marlow", "Juniper", "Saltmarsh", "Heron", "Wren", "Bracken", "Cove", "Dune",
        "Elder", "Fennel", "Garth", "Holm", "Isla", "Larch", "Moor", "Nettle", "Orchard", "Pebble", "Quince", "Rowan",
    ];

    private static readonly string[][] Colours = [["sage", "oat", "moss", "sand"], ["white", "sky", "ink", "birch"], ["rust", "plum", "mustard", "clay"]];

    private static readonly string[] Openings =
    [
        "A quiet piece for every day", "Simple, well made and meant to last", "Our best seller in a new colour", "Made in small numbers by a family workshop",
        "Designed in our studio", "A classic that goes with everything", "Light, sturdy and pleasant to touch", "Inspired by walks along the coast",
    ];

    private readonly int[][] _ofSeries;

    internal Catalogue(Rng rng)
    {
        var items = new List<ShopItem>(DepartmentSize * Department.All.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var department = 0; department < Department.All.Count; department++)
        {
            for (var rank = 0; rank < DepartmentSize;)
            {
                var item = Draw(rng, items.Count, department, rank);
                if (!names.Add(item.Name)) continue;
                items.Add(item);
                rank++;
            }
        }
        Items = items;
        _ofSeries = [.. Enumerable.Range(0, Series.Length).Select(series => items.Where(i => i.Series == series).Select(i => i.Index).ToArray())];
    }

    public IReadOnlyList<ShopItem> Items { get; }

    /// <summary>Indices of the items that go together with this one, itself included.</summary>
    public IReadOnlyList<int> SeriesOf(ShopItem item) => _ofSeries[item.Series];

    /// <summary>The items of a department, as indices: its block of the catalogue.</summary>
    public static Range BlockOf(int department) => (department * DepartmentSize)..((department + 1) * DepartmentSize);

    private static ShopItem Draw(Rng rng, int index, int number, int rank)
    {
        var department = Department.All[number];
        var thing = rng.NextInt(department.Things.Count);
        var series = rng.NextInt(Series.Length);
        var style = series % Colours.Length; // a series has one style
        var colour = Colours[style][rng.NextInt(Colours[style].Length)];
        var material = department.Materials[rng.NextInt(department.Materials.Count)];
        var (name, basePrice) = department.Things[thing];
        // What is used up has a kind instead of a colour: nobody drinks mustard tea.
        var (called, described) = department.IsUsedUp ? ($"{name}, {material}", $"{name}, {material}") : ($"{name} in {material}, {colour}", $"{name} of {material} in {colour}");
        return new ShopItem(
            index, string.Create(CultureInfo.InvariantCulture, $"p-{1_001 + index}"), $"{Series[series]} {called}",
            $"{Openings[rng.NextInt(Openings.Length)]}: {described}, from our {Series[series]} series. {department.Use}.",
            number, thing, series, style, colour, PriceOf(basePrice * Math.Exp(0.28 * rng.NextNormal())), 1 / Math.Pow(rank + 3, 0.8));
    }

    // Prices end the way shops like them to.
    private static decimal PriceOf(double value) => value < 20 ? Math.Max(3, (int)value) + 0.90m : value < 60 ? (int)value + 0.50m : 5 * (int)(value / 5) + 4m;
}
