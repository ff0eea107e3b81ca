using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Reading;

namespace CampaignPortal.Marketing.Imports.Presets;

/// <summary>A known kind of file: the fields that its columns can feed, and what its rows mean. One class each in this folder.</summary>
public abstract class ImportPreset
{
    /// <summary>Name on the command line and in saved mappings.</summary>
    public abstract string Name { get; }

    public abstract IReadOnlyList<ImportField> Fields { get; }

    /// <summary>Zone of times that state none, where the kind of file implies one.</summary>
    public virtual string? Zone => null;

    /// <summary>Currency of amounts that state none, where the kind of file implies one.</summary>
    public virtual string? Currency => null;

    /// <summary>Columns by which the layout is known; none where any file may fit.</summary>
    public virtual IReadOnlyList<string> Signature => [];

    /// <summary>Whether rows are items of the catalogue and no events.</summary>
    internal virtual bool RowsAreItems => false;

    internal abstract RowConverter CreateConverter(ConversionContext context);

    /// <summary>What else must be stated before the import may begin, or null.</summary>
    internal virtual Common.Problem? Check(ImportPlan plan) => null;
}

/// <summary>All presets by name.</summary>
public static class ImportPresets
{
    public static IReadOnlyList<ImportPreset> All { get; } = 
    [
        new OnlineRetailPreset(), new CustomersPreset(), new EventsPreset(), new ItemsPreset(),
        new ShopifyOrdersPreset(), new ShopifyCustomersPreset(), new ShopifyProductsPreset(), new MailchimpPreset(), new KlaviyoPreset(),
    ];

    /// <summary>The preset that fits a file best: the layout whose columns are all there, else the one whose fields find the most columns; null when none could be imported.</summary>
    public static ImportPreset? Suggest(FilePreview preview)
    {
        var columns = preview.Columns.Select(FieldSuggestions.Normalise).ToHashSet(StringComparer.Ordinal);
        var known = All.Where(p => p.Signature.Count > 0 && p.Signature.All(c => columns.Contains(FieldSuggestions.Normalise(c)))).MaxBy(p => p.Signature.Count);
        if (known is not null) return known;
        return All.Where(p => p.Signature.Count is 0)
            .Select(preset => (Preset: preset, Suggestions: FieldSuggestions.For(preview, preset.Fields)))
            .Where(p => p.Preset.Fields.All(f => !f.IsRequired || p.Suggestions.Any(s => s.Field == f.Name)) && p.Suggestions.Count > 0)
            .OrderByDescending(p => p.Suggestions.Sum(s => s.Confidence * s.Confidence))
            .Select(p => p.Preset).FirstOrDefault();
    }

    public static ImportPreset? Find(string name) => All.FirstOrDefault(p => p.Name == name);
}
