using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>What the catalogue knows of items at one point of an import, as texts by the names of their parts.</summary>
internal sealed class ItemStates(PortalDatabase database)
{
    private static readonly string[] Parts =
        [nameof(ItemDraft.Name), nameof(ItemDraft.Description), nameof(ItemDraft.Category), nameof(ItemDraft.Price), nameof(ItemDraft.Currency), nameof(ItemDraft.ImageUrl), nameof(ItemDraft.Url), nameof(ItemDraft.Stock), nameof(ItemDraft.Attributes)];

    private readonly Dictionary<string, Dictionary<string, string>?> _known = new(StringComparer.Ordinal);

    public void Forget() => _known.Clear();

    /// <summary>The known parts of these items; null for one that is not in the catalogue.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, string>?> Of(IEnumerable<string> items)
    {
        var missing = items.Where(i => !_known.ContainsKey(i)).Distinct(StringComparer.Ordinal).ToArray();
        if (missing.Length is 0) return _known;
        using var connection = database.OpenReader();
        using var find = connection.Prepare($"select {string.Join(", ", Parts.Select(p => $"\"{p}\""))} from \"Items\" where \"ExternalId\" = @0", 1);
        foreach (var item in missing)
        {
            find.Set(0, item);
            using var reader = find.ExecuteReader();
            if (!reader.Read())
            {
                _known[item] = null;
                continue;
            }
            var parts = _known[item] = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < Parts.Length; i++)
            {
                if (reader.IsDBNull(i)) continue;
                parts[Parts[i]] = Parts[i] is nameof(ItemDraft.Price) or nameof(ItemDraft.Stock) ? Write(reader.GetInt64(i) / 10_000m) : reader.GetString(i);
            }
        }
        return _known;
    }

    public void Note(string item, IReadOnlyList<(string Field, string? Value)> changes)
    {
        var parts = _known[item] ??= new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (field, value) in changes)
        {
            if (value is null) parts.Remove(field);
            else parts[field] = value;
        }
    }

    /// <summary>Parts that the draft states otherwise than they are known.</summary>
    public static IReadOnlyList<(string Field, string? Value)> Changes(ItemDraft item, Dictionary<string, string>? known, bool fillsOnly)
    {
        var changes = new List<(string, string?)>();
        foreach (var (field, value) in Stated(item))
        {
            var before = known?.GetValueOrDefault(field);
            if (value is not null && value != before && (before is null || !fillsOnly)) changes.Add((field, value));
        }
        if (!fillsOnly && known is not null) changes.AddRange(item.Cleared.Where(known.ContainsKey).Select(field => (field, (string?)null)));
        return changes;
    }

    /// <summary>The draft with nothing but these changes.</summary>
    public static ItemDraft Only(ItemDraft item, IReadOnlyList<(string Field, string? Value)> changes)
    {
        var written = changes.Where(c => c.Value is not null).Select(c => c.Field).ToHashSet(StringComparer.Ordinal);
        T? Kept<T>(string part, T? value) => written.Contains(part) ? value : default;
        return new ItemDraft(item.ExternalId)
        {
            Name = Kept(nameof(ItemDraft.Name), item.Name),
            Description = Kept(nameof(ItemDraft.Description), item.Description),
            Category = Kept(nameof(ItemDraft.Category), item.Category),
            Price = Kept(nameof(ItemDraft.Price), item.Price),
            Currency = Kept(nameof(ItemDraft.Currency), item.Currency),
            ImageUrl = Kept(nameof(ItemDraft.ImageUrl), item.ImageUrl),
            Url = Kept(nameof(ItemDraft.Url), item.Url),
            Stock = Kept(nameof(ItemDraft.Stock), item.Stock),
            Attributes = Kept(nameof(ItemDraft.Attributes), item.Attributes),
            Cleared = [.. changes.Where(c => c.Value is null).Select(c => c.Field)],
        };
    }

    private static IEnumerable<(string Field, string? Value)> Stated(ItemDraft item) =>
    [
        (nameof(item.Name), item.Name), (nameof(item.Description), item.Description), (nameof(item.Category), item.Category), (nameof(item.Price), item.Price is { } price ? Write(price) : null), (nameof(item.Currency), item.Currency),
        (nameof(item.ImageUrl), item.ImageUrl), (nameof(item.Url), item.Url), (nameof(item.Stock), item.Stock is { } stock ? Write(stock) : null), (nameof(item.Attributes), item.Attributes),
    ];

    private static string Write(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
