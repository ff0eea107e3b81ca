using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;

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

    /// <summary>Whether rows are items of the catalogue and no events.</summary>
    internal virtual bool RowsAreItems => false;

    internal abstract RowConverter CreateConverter(ConversionContext context);

    /// <summary>What else must be stated before the import may begin, or null.</summary>
    internal virtual Common.Problem? Check(ImportPlan plan) => null;
}

/// <summary>All presets by name.</summary>
public static class ImportPresets
{
    public static IReadOnlyList<ImportPreset> All { get; } = [new OnlineRetailPreset(), new CustomersPreset(), new EventsPreset(), new ItemsPreset()];

    public static ImportPreset? Find(string name) => All.FirstOrDefault(p => p.Name == name);
}
