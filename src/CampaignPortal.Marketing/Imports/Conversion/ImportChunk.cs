using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Imports.Conversion;

/// <summary>What the rows of one commit become.</summary>
internal sealed class ImportChunk(long firstRow)
{
    /// <summary>Rows of the file before this chunk.</summary>
    public long FirstRow { get; } = firstRow;

    /// <summary>Rows of the file in this chunk.</summary>
    public int RowCount { get; set; }

    public List<NewEvent> Events { get; } = [];

    /// <summary>For each event whether it stands for its row, or comes along with one that does.</summary>
    public List<bool> StandsForRow { get; } = [];

    public List<ItemDraft> Items { get; } = [];

    /// <summary>Line of each item in the file, where items are rows.</summary>
    public List<long> ItemLines { get; } = [];

    /// <summary>Rows of a file of customers; <see cref="Storage.RecordStage"/> turns them into events and contact data.</summary>
    public List<CustomerRecord> Records { get; } = [];

    /// <summary>Items that are rows of an item file, not names picked up from orders.</summary>
    public bool ItemsAreRows { get; set; }

    public List<ContactDraft> Contacts { get; } = [];

    /// <summary>Rows that were refused, written to quarantine or known to lie there.</summary>
    public int RefusedCount { get; set; }

    public List<QuarantineDraft> Quarantine { get; } = [];

    /// <summary>Grants of consent among the events, by their index; some may be held back.</summary>
    public List<ConsentGrant> Grants { get; } = [];

    /// <summary>Rows left out by a person's choice.</summary>
    public int DroppedCount { get; set; }

    /// <summary>Rows of quarantine that rows of this file correct.</summary>
    public List<Correction> Corrections { get; } = [];

    public void Add(NewEvent e, bool standsForRow = true)
    {
        Events.Add(e);
        StandsForRow.Add(standsForRow);
    }

    /// <summary>Takes back what was added since there were so many events, items, contacts, grants and records.</summary>
    public void TakeBack((int Events, int Items, int Contacts, int Grants, int Records) sizes)
    {
        Cut(Events, sizes.Events);
        Cut(StandsForRow, sizes.Events);
        Cut(Items, sizes.Items);
        Cut(Contacts, sizes.Contacts);
        Cut(Grants, sizes.Grants);
        Cut(Records, sizes.Records);
        if (ItemsAreRows) Cut(ItemLines, sizes.Items);
    }

    public (int Events, int Items, int Contacts, int Grants, int Records) Sizes => (Events.Count, Items.Count, Contacts.Count, Grants.Count, Records.Count);

    private static void Cut<T>(List<T> list, int size) => list.RemoveRange(size, list.Count - size);
}

/// <summary>A consent that a file grants.</summary>
internal readonly record struct ConsentGrant(int EventIndex, string Customer, string Channel);

/// <summary>A row in quarantine that comes corrected.</summary>
/// <param name="EventIndex">The event of the chunk that stands for it (of a file of customers first the record, then its event), or <see cref="OfItem"/>.</param>
/// <param name="ImportId">The import that refused it.</param>
/// <param name="Line">Its line in that import's file.</param>
internal readonly record struct Correction(int EventIndex, long ImportId, long Line)
{
    public const int OfItem = -1;
}
