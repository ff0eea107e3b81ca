using System.Data.Common;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>Counts what sources send: events per name and hour, properties per kind. Pages read these few rows instead of the log.</summary>
/// <remarks>A broken client may invent names without end: beyond a bound they are counted together under <see cref="Others"/>.</remarks>
public sealed class CatalogueProjection : IProjection
{
    /// <summary>Names that one source may have, and properties that one event may have.</summary>
    public const int MaxNameCount = 500, MaxPropertyCount = 200;

    /// <summary>Stands for the names beyond the bound.</summary>
    public const string Others = "(others)";

    public string Name => "catalogue";

    public int Version => 1;

    public IReadOnlyList<string> Tables { get; } = ["EventTypes", "EventHours", "EventProperties"];

    public void Apply(DbTransaction transaction, IReadOnlyList<LoggedEvent> events)
    {
        var shape = new EventShape();
        var types = new EventTypeTallies(transaction);
        var properties = new EventPropertyTallies(transaction);
        EventTypeTally? last = null;
        (string Name, string Source) lastKey = default;
        foreach (var e in events)
        {
            if (e.IsHistory) continue; // counted when it came
            var (ownName, found) = shape.Read(e.Kind, e.Properties);
            if (last is null || ownName != lastKey.Name || e.Source != lastKey.Source) // lines of an order come together
            {
                lastKey = (ownName, e.Source);
                last = types.Of(ownName, e.Source);
                last.Properties ??= properties.Of(last.Name);
            }
            last.Add(e);
            AddColumns(last.Properties!, e); // set when the name was found
            foreach (var property in found) last.Properties!.Add(property.Name, property.Kind, e); // as above
        }
        types.Save();
        properties.Save();
    }

    /// <summary>What the log keeps in columns of its own counts as properties too: their names begin with a dollar sign.</summary>
    private static void AddColumns(PropertiesOfEvent known, in LoggedEvent e)
    {
        if (e.CustomerId is not null) known.AddColumn(0, e);
        if (e.ItemId is not null) known.AddColumn(1, e);
        if (e.OrderId is not null) known.AddColumn(2, e);
        if (e.Quantity is not null) known.AddColumn(3, e);
        if (e.Amount is not null) known.AddColumn(4, e);
    }
}
