namespace CampaignPortal.Simulation.Shop;

/// <summary>Something that the shop sells.</summary>
/// <param name="Index">Place in the catalogue, from 0.</param>
/// <param name="Id">The shop's own number.</param>
/// <param name="Department">Place in <see cref="Shop.Department.All"/>.</param>
/// <param name="Series">Goods of one series go together and are often bought together.</param>
/// <param name="Style">0 natural, 1 nordic, 2 warm: people have a favourite.</param>
/// <param name="Popularity">Relative weight within the department; a few items sell much, most sell little.</param>
public sealed record ShopItem(int Index, string Id, string Name, string Description, int Department, int Thing, int Series, int Style, string Colour, decimal Price, double Popularity)
{
    public string Category => Shop.Department.All[Department].Path;
}
