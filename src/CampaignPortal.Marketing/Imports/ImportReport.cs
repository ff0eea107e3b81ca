using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Quality;
using CampaignPortal.Marketing.Imports.Reading;

namespace CampaignPortal.Marketing.Imports;

/// <summary>An import to run.</summary>
/// <param name="Plan">From <see cref="ImportPlanner.Propose"/>, looked at or not.</param>
public sealed record ImportRequest(ImportSource Source, ImportPlan Plan)
{
    /// <summary>What <see cref="ImportService.CheckAsync"/> said of it: the import does exactly that, or stops. Null imports without such a promise.</summary>
    public ImportCheck? Check { get; init; }
}

/// <summary>How far an import is.</summary>
/// <param name="Rows">Rows that are committed.</param>
/// <param name="Fraction">Share of the file's bytes that were read, 0 to 1; null where its length is unknown.</param>
/// <param name="RowsPerSecond">Since the start, without rows that an earlier run had committed.</param>
public sealed record ImportProgress(long Rows, long Accepted, long Duplicates, long Quarantined, double? Fraction, double RowsPerSecond, TimeSpan? Remaining);

/// <summary>What became of a file. Rows = accepted + duplicates + quarantined + dropped, always.</summary>
/// <param name="Duplicates">Rows that were stored before.</param>
/// <param name="Quarantined">Rows that were refused; they can be corrected and run again.</param>
/// <param name="Dropped">Rows that a person's choice left out.</param>
/// <param name="Customers">Distinct customers in the good rows (accepted or stored before).</param>
/// <param name="Orders">Distinct orders placed in the good rows; returns do not count.</param>
/// <param name="EqualLines">Lines equal to an earlier line of the file; they are kept unless a choice says otherwise.</param>
/// <param name="HeldBack">Consents that the file grants and the portal did not take, by reason: the person had said no, or mail bounced.</param>
/// <param name="ResumedAfter">Rows that an earlier, interrupted run of the same file had committed.</param>
/// <param name="SkippedTimes">Local times that the clocks skipped in spring; they moved forward by the gap.</param>
/// <param name="DoubledTimes">Local times that occurred twice in autumn; the first was taken.</param>
public sealed record ImportReport(
    long ImportId, long Rows, long Accepted, long Duplicates, long Quarantined, long Dropped, long Customers, long Items, long Orders, long EqualLines, double Seconds,
    IReadOnlyDictionary<string, int> HeldBack, long ResumedAfter, IReadOnlyList<string> IgnoredColumns, long SkippedTimes, long DoubledTimes, QualityReport Quality)
{
    /// <summary>Rows that added an event, a customer or an item.</summary>
    public long New { get; init; }

    /// <summary>Rows that changed a known customer or item.</summary>
    public long Changed { get; init; }

    /// <summary>Rows without an id that contact data led to a known customer.</summary>
    public long Merged { get; init; }

    /// <summary>Addresses and numbers of more than one customer, which therefore told nobody apart.</summary>
    public long SharedValues { get; init; }
}
