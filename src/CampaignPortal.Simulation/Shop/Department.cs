namespace CampaignPortal.Simulation.Shop;

/// <summary>A part of the shop: what is sold there, and when people want it.</summary>
/// <param name="Path">Category of the catalogue, such as <c>Bedroom/Bedding</c>.</param>
/// <param name="PeakDay">Day of the year with the highest demand.</param>
/// <param name="Swing">Strength of the season, 0 (none) to 1 (nothing at the other end of the year).</param>
public sealed record Department(string Path, int PeakDay, double Swing)
{
    /// <summary>Kinds of goods and their middle price.</summary>
    public required IReadOnlyList<(string Name, double Price)> Things { get; init; }

    /// <summary>What the goods may be made of.</summary>
    public required IReadOnlyList<string> Materials { get; init; }

    /// <summary>Ends the description of an item.</summary>
    public required string Use { get; init; }

    /// <summary>Often bought in twos and fours.</summary>
    public bool IsBoughtInSets { get; init; }

    /// <summary>Used up, and bought again.</summary>
    public bool IsUsedUp { get; init; }

    public string Name => Path[(Path.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>All departments of the shop; an item names its department by the place in this list.</summary>
    public static IReadOnlyList<Department> All { get; } =
    [
        new("Bedroom/Bedding", 330, 0.3)
        {
            Things = [("duvet cover", 69), ("fitted sheet", 39), ("pillowcase pair", 29), ("quilt", 119), ("bed linen set", 89)],
            Materials = ["linen", "washed cotton", "percale", "cotton flannel"], Use = "It gets softer with every wash",
        },
        new("Bath/Towels", 20, 0.2)
        {
            Things = [("hand towel", 14), ("bath towel", 29), ("bath mat", 34), ("bathrobe", 79), ("wash mitt", 9)],
            Materials = ["waffle cotton", "terry cotton", "linen", "bamboo"], Use = "It dries quickly and keeps its colour", IsBoughtInSets = true,
        },
        new("Living/Lighting", 320, 0.45)
        {
            Things = [("table lamp", 79), ("pendant lamp", 129), ("floor lamp", 169), ("lantern", 35), ("reading light", 59)],
            Materials = ["paper", "brass", "stoneware", "oak"], Use = "It gives a warm light that does not dazzle",
        },
        new("Living/Rugs", 300, 0.2)
        {
            Things = [("runner", 89), ("round rug", 149), ("hallway rug", 69), ("living-room rug", 249), ("doormat", 29)],
            Materials = ["wool", "jute", "recycled cotton", "hemp"], Use = "It lies flat and is easy to brush clean",
        },
        new("Living/Cushions and throws", 310, 0.4)
        {
            Things = [("throw", 59), ("cushion cover", 25), ("floor cushion", 69), ("seat pad", 22), ("blanket", 79)],
            Materials = ["lambswool", "boucle", "linen", "chunky knit"], Use = "Made for long evenings on the sofa",
        },
        new("Kitchen/Tableware", 345, 0.25)
        {
            Things = [("dinner plate", 16), ("cereal bowl", 13), ("mug", 12), ("serving dish", 38), ("salad bowl", 34)],
            Materials = ["stoneware", "porcelain", "earthenware", "reactive glaze"], Use = "Safe in the dishwasher and the oven", IsBoughtInSets = true,
        },
        new("Kitchen/Cookware", 280, 0.2)
        {
            Things = [("casserole", 99), ("frying pan", 59), ("saucepan", 49), ("baking dish", 32), ("chopping board", 36)],
            Materials = ["cast iron", "steel", "enamel", "acacia"], Use = "Works on every hob, also on induction",
        },
        new("Kitchen/Glassware", 350, 0.3)
        {
            Things = [("tumbler", 9), ("wine glass", 14), ("carafe", 29), ("storage jar", 15), ("jug", 26)],
            Materials = ["recycled glass", "borosilicate glass", "ribbed glass", "smoked glass"], Use = "Each piece is a little different", IsBoughtInSets = true,
        },
        new("Living/Candles and scents", 335, 0.6)
        {
            Things = [("scented candle", 19), ("pillar candle", 11), ("room spray", 16), ("diffuser refill", 14), ("tealight box", 8)],
            Materials = ["cedar", "fig", "orange blossom", "beeswax"], Use = "Burns evenly for about forty hours", IsBoughtInSets = true, IsUsedUp = true,
        },
        new("Home/Storage", 15, 0.35)
        {
            Things = [("basket", 29), ("storage box", 24), ("wall shelf", 59), ("coat rack", 45), ("laundry basket", 42)],
            Materials = ["seagrass", "felt", "birch", "powder-coated steel"], Use = "Puts order into a corner that never had any",
        },
        new("Garden/Pots and plants", 125, 0.85)
        {
            Things = [("plant pot", 24), ("watering can", 32), ("raised bed", 119), ("bird house", 27), ("seed box", 17)],
            Materials = ["terracotta", "galvanised steel", "larch", "fibre clay"], Use = "Stands frost and rain",
        },
        new("Garden/Outdoor living", 160, 0.9)
        {
            Things = [("deck chair", 89), ("picnic blanket", 39), ("outdoor cushion", 35), ("parasol", 129), ("fire bowl", 149)],
            Materials = ["acacia", "canvas", "recycled polyester", "rattan"], Use = "Folds away when the summer is over",
        },
        new("Children/Children's room", 240, 0.15)
        {
            Things = [("night light", 29), ("play mat", 59), ("wooden train", 34), ("toy chest", 79), ("height chart", 24)],
            Materials = ["beech", "organic cotton", "felt", "cork"], Use = "Tested for small hands and mouths",
        },
        new("Pantry/Tea and coffee", 340, 0.25)
        {
            Things = [("breakfast tea", 9), ("herbal tea", 8), ("espresso beans", 14), ("filter coffee", 13), ("cocoa", 11)],
            Materials = ["Darjeeling", "Alpine", "Huila", "Sidamo"], Use = "Packed by hand in small batches", IsBoughtInSets = true, IsUsedUp = true,
        },
    ];
}
