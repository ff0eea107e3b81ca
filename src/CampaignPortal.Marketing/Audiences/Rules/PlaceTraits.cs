namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>Traits that say by name where somebody lives.</summary>
public static class PlaceTraits
{
    public const string Country = "country", Region = "region", City = "city";

    public static IReadOnlyList<string> All { get; } = [Country, Region, City];
}
