using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>What was put back.</summary>
/// <param name="NewItems">Items that the import had added and that are gone.</param>
internal sealed record RestoredFields(int FieldCount, IReadOnlyList<string> NewItems);

/// <summary>Puts back what an import wrote over, field by field, unless somebody changed it since.</summary>
internal sealed class OverwrittenFields(EventLog log, PortalDatabase database, IDbContextFactory<PortalDbContext> databases, ContactVault vault, MasterKey master)
{
    public async Task<RestoredFields> RestoreAsync(long importId, List<KeptBack> kept)
    {
        await using var db = await databases.CreateDbContextAsync();
        var changes = await db.ImportChanges.AsNoTracking().Where(c => c.ImportId == importId).OrderByDescending(c => c.Id).ToListAsync(); // the last write first
        var fields = 0;
        foreach (var customer in changes.Where(c => c.Kind is "contact").GroupBy(c => c.Key, StringComparer.Ordinal)) fields += await RestoreContactAsync(db, customer.Key, [.. customer], kept);
        var gone = new List<string>();
        foreach (var item in changes.Where(c => c.Kind is "item").GroupBy(c => c.Key, StringComparer.Ordinal)) fields += await RestoreItemAsync(item.Key, [.. item], kept, gone);
        return new RestoredFields(fields, gone);
    }

    private async Task<int> RestoreContactAsync(PortalDbContext db, string customer, ImportChange[] changes, List<KeptBack> kept)
    {
        if (await db.Customers.AsNoTracking().FirstOrDefaultAsync(c => c.ExternalId == customer) is not { } known || vault.Read(known.Id) is not { } data) return 0; // erased since: nothing may come back
        var now = new Dictionary<string, string?>(StringComparer.Ordinal) { ["email"] = data.Email, ["phone"] = data.Phone, ["name"] = data.Name, ["address"] = data.Address };
        var restored = Fold("contact", customer, changes, now, kept);
        if (restored.Count is 0) return 0;
        string? Stated(string field) => restored.Contains(field) ? now[field] ?? "" : null;
        await log.AppendAsync(
            new EventBatch("portal", []) { Contacts = [new ContactDraft(customer) { Email = Stated("email"), Phone = Stated("phone"), Name = Stated("name"), Address = Stated("address") }] },
            CancellationToken.None);
        return restored.Count;
    }

    private async Task<int> RestoreItemAsync(string item, ImportChange[] changes, List<KeptBack> kept, List<string> gone)
    {
        if (new ItemStates(database).Of([item])[item] is not { } known) return 0;
        var now = known.ToDictionary(k => k.Key, k => (string?)k.Value, StringComparer.Ordinal);
        var keptBefore = kept.Count;
        var restored = Fold("item", item, changes, now, kept);
        if (changes[^1].IsNew && kept.Count == keptBefore)
        {
            if (await database.WriteAsync(
                    t => t.Execute("delete from \"Items\" where \"ExternalId\" = @0 and not exists (select 1 from \"Events\" where \"Events\".\"ItemId\" = \"Items\".\"Id\")", item), CancellationToken.None) > 0)
            {
                gone.Add(item);
                return 0;
            }
            kept.Add(new KeptBack("item", item, "touched", null));
            return 0;
        }
        if (changes[^1].IsNew || restored.Count is 0) return 0; // an item that somebody worked on since keeps all that it has
        await log.AppendAsync(new EventBatch("portal", []) { Items = [DraftOf(item, restored, now)] }, CancellationToken.None);
        return restored.Count;
    }

    /// <summary>Walks back through the writes; a field that does not hold what was written was changed since, and stays.</summary>
    private HashSet<string> Fold(string kind, string key, IEnumerable<ImportChange> changes, Dictionary<string, string?> now, List<KeptBack> kept)
    {
        HashSet<string> restored = new(StringComparer.Ordinal), stays = new(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            foreach (var (field, values) in JsonSerializer.Deserialize<Dictionary<string, string?[]>>(master.OpenText(change.Fields), ImportJson.Options)!) // as it was written
            {
                if (stays.Contains(field)) continue;
                if (now.GetValueOrDefault(field) == values[1])
                {
                    now[field] = values[0];
                    restored.Add(field);
                    continue;
                }
                stays.Add(field);
                kept.Add(new KeptBack(kind, key, "changed", field));
            }
        }
        restored.ExceptWith(stays);
        return restored;
    }

    private static ItemDraft DraftOf(string item, HashSet<string> fields, Dictionary<string, string?> now)
    {
        string? Text(string part) => fields.Contains(part) ? now[part] : null;
        decimal? Number(string part) => Text(part) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;
        return new ItemDraft(item)
        {
            Name = Text(nameof(ItemDraft.Name)),
            Description = Text(nameof(ItemDraft.Description)),
            Category = Text(nameof(ItemDraft.Category)),
            Price = Number(nameof(ItemDraft.Price)),
            Currency = Text(nameof(ItemDraft.Currency)),
            ImageUrl = Text(nameof(ItemDraft.ImageUrl)),
            Url = Text(nameof(ItemDraft.Url)),
            Stock = Number(nameof(ItemDraft.Stock)),
            Attributes = Text(nameof(ItemDraft.Attributes)),
            Cleared = [.. fields.Where(f => now[f] is null)],
        };
    }
}
