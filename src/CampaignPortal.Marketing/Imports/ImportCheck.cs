using System.Text.Json;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Quality;
using CampaignPortal.Marketing.Imports.Storage;

namespace CampaignPortal.Marketing.Imports;

/// <summary>What an import would do, row for row, without doing it (DI-03). An import that carries it does exactly that, or stops.</summary>
/// <param name="FileHash">SHA-256 of the file that was checked.</param>
/// <param name="Plan">The plan that was checked, as JSON.</param>
/// <param name="Store">What the store held; when it holds something else, the check is computed anew before the first row is written.</param>
/// <param name="New">Rows that add an event, a customer or an item.</param>
/// <param name="Changed">Rows that change a known customer or item.</param>
/// <param name="Unchanged">Rows whose content is stored already.</param>
/// <param name="Rejected">Rows that would go to quarantine.</param>
/// <param name="Skipped">Rows that a choice or the mode leaves out.</param>
/// <param name="Merged">Rows without an id that contact data lead to a known customer; they are in the counts above too.</param>
/// <param name="Differences">The first differences, field by field.</param>
/// <param name="Rejections">Why rows would be refused, the most frequent reason first.</param>
/// <param name="HeldBack">Consents that the file grants and the portal would not take, by reason.</param>
/// <param name="SharedValues">Addresses and numbers of more than one customer, which therefore told nobody apart.</param>
/// <param name="Steps">The same counts for each commit.</param>
public sealed record ImportCheck(
    string FileHash, string Plan, string Store, long Rows, long New, long Changed, long Unchanged, long Rejected, long Skipped, long Merged,
    IReadOnlyList<FieldDifference> Differences, IReadOnlyList<Rejection> Rejections, IReadOnlyDictionary<string, int> HeldBack, long SharedValues, QualityReport Quality, IReadOnlyList<ImportStep> Steps)
{
    public string ToJson() => JsonSerializer.Serialize(this, ImportJson.Options);

    public static ImportCheck FromJson(string json) => JsonSerializer.Deserialize<ImportCheck>(json, ImportJson.Options) ?? throw new JsonException("The check is empty.");

    /// <summary>Never the content: differences quote contact data.</summary>
    public override string ToString() => FormattableString.Invariant($"ImportCheck of {Rows} rows");
}

/// <summary>One field that an import would change.</summary>
/// <param name="Line">Line of the file.</param>
/// <param name="Key">The shop's id of the customer or item.</param>
/// <param name="Before">Null where nothing is known yet.</param>
/// <param name="After">Null where the field is cleared.</param>
public sealed record FieldDifference(long Line, string Key, string Field, string? Before, string? After);

/// <summary>Rows that are refused for one reason in one column.</summary>
/// <param name="Example">What was expected and found in the first of them.</param>
public sealed record Rejection(string Reason, string? Field, long Count, long FirstLine, string Example);

/// <summary>What one commit of an import does.</summary>
/// <param name="LastRow">Rows of the file up to its end.</param>
public sealed record ImportStep(long LastRow, long New, long Changed, long Unchanged, long Rejected, long Skipped, long Merged)
{
    internal static ImportStep Between(ImportTotals before, ImportTotals after) => new(
        after.Rows, after.New - before.New, after.Accepted - after.New - (before.Accepted - before.New), after.Duplicates - before.Duplicates,
        after.Quarantined - before.Quarantined, after.Dropped - before.Dropped, after.Merged - before.Merged);
}
