using System.Data.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>Tells rows of an item file that change something from rows that repeat what is known.</summary>
internal sealed class ItemComparison(PortalDatabase database)
{
    /// <summary>Takes the items out of the chunk whose every stated part is stored already; tells how many.</summary>
    public int RemoveUnchanged(ImportChunk chunk)
    {
        if (!chunk.ItemsAreRows || chunk.Items.Count is 0) return 0;
        using var connection = database.OpenReader();
        using var find = connection.Prepare("select \"Name\", \"Description\", \"Category\", \"Price\", \"Currency\", \"ImageUrl\", \"Url\", \"Stock\", \"Attributes\" from \"Items\" where \"ExternalId\" = @0");
        return chunk.Items.RemoveAll(item => IsUnchanged(find, item));
    }

    private static bool IsUnchanged(DbCommand find, ItemDraft item)
    {
        find.Set(0, item.ExternalId);
        using var reader = find.ExecuteReader();
        if (!reader.Read()) return false;
        bool Same(int column, string? stated) => stated is null || stated == reader.TextOrNull(column);
        bool SameNumber(int column, decimal? stated) => stated is not { } number || Stored.TenThousandths(number) == reader.NumberOrNull(column);
        return Same(0, item.Name) && Same(1, item.Description) && Same(2, item.Category) && SameNumber(3, item.Price) && Same(4, item.Currency)
            && Same(5, item.ImageUrl) && Same(6, item.Url) && SameNumber(7, item.Stock) && Same(8, item.Attributes);
    }
}
