using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Simulation;
using CampaignPortal.Simulation.Shop;

namespace CampaignPortal.Web.Demo;

/// <summary>The sample shop as it can be made again from its facts, once per process and only where there is one.</summary>
internal sealed class DemoCatalogue(SampleData sample)
{
    public const string PicturePath = "/demo-pictures/";

    // The share of a portal whose settings nobody touched: the past must not change with the settings of today.
    private static readonly GlobalHoldout PastHoldout = new(0.05);

    private readonly Lock _making = new();
    private ShopSimulator? _shop;
    private Dictionary<string, ShopItem> _pictures = [];

    /// <summary>Null when the portal holds no sample shop.</summary>
    public ShopSimulator? Find()
    {
        if (_shop is not null) return _shop;
        if (sample.Read() is not { } facts) return null;
        lock (_making)
        {
            if (_shop is not null) return _shop;
            var shop = new ShopSimulator(new ShopOptions(facts.End) { Seed = facts.Seed, CustomerCount = facts.CustomerCount, LeavesOut = PastHoldout.Holds });
            _pictures = shop.Catalogue.Items.ToDictionary(i => PictureOf(i)[PicturePath.Length..], StringComparer.Ordinal);
            return _shop = shop;
        }
    }

    public ShopItem? FindByPicture(string name) => Find() is null ? null : _pictures.GetValueOrDefault(name);

    public static string PictureOf(ShopItem item) => $"{PicturePath}{item.Id}.svg";

    /// <summary>Its page in the storefront.</summary>
    public static string AddressOf(ShopItem item) => $"{Storefront.Path}?item={item.Id}";
}
