using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>What a customer said about being written to on a channel, besides yes and no: how often, not for a while, not about this (PV-04).</summary>
/// <remarks>Each is a statement of the ledger with a purpose of its own; a topic is its own purpose. "Withdrawn" says that the person does not want all of it.</remarks>
/// <param name="ConsentSince">Since when they agree to marketing; null when they do not.</param>
/// <param name="LimitDays">At most one message in so many days; null where they set no limit.</param>
/// <param name="PausedUntil">Nothing before this moment; null where they paused nothing.</param>
/// <param name="LeftTopics">Keys of the topics that they do not want.</param>
public sealed record ContactWishes(DateTimeOffset? ConsentSince, int? LimitDays, DateTimeOffset? PausedUntil, IReadOnlyList<string> LeftTopics)
{
    /// <summary>Purpose of a statement about how often.</summary>
    public const string Frequency = "frequency";

    /// <summary>Purpose of a statement about a pause.</summary>
    public const string Pause = "pause";

    public static ContactWishes None { get; } = new(null, null, null, []);

    /// <summary>Days of a limit that a person can choose; each lets one message through.</summary>
    public static IReadOnlyList<int> LimitChoices { get; } = [7, 30];

    /// <summary>Days of a pause that a person can choose.</summary>
    public static IReadOnlyList<int> PauseChoices { get; } = [30, 90];

    public bool HasLeft(string? topic) => topic is not null && LeftTopics.Contains(topic);

    public bool IsPaused(DateTimeOffset now) => PausedUntil > now;

    /// <summary>As they stand in this transaction: a few rows of one key.</summary>
    internal static ContactWishes Read(DbTransaction transaction, long customerId, string channel)
    {
        using var find = transaction.Prepare("select \"Purpose\", \"IsGranted\", \"ChangedAt\", \"LimitDays\", \"Until\" from \"Consents\" where \"CustomerId\" = @0 and \"Channel\" = @1", 2);
        find.Set(0, customerId);
        find.Set(1, channel);
        using var rows = find.ExecuteReader();
        var wishes = None;
        while (rows.Read())
        {
            var (purpose, isGranted) = (rows.GetString(0), rows.GetBoolean(1));
            if (purpose is ConsentProjection.Marketing) wishes = wishes with { ConsentSince = isGranted ? Stored.Time(rows.GetInt64(2)) : null };
            else if (isGranted) continue;
            else if (purpose is Frequency) wishes = wishes with { LimitDays = (int?)rows.NumberOrNull(3) };
            else if (purpose is Pause) wishes = wishes with { PausedUntil = rows.NumberOrNull(4) is { } until ? Stored.Time(until) : null };
            else wishes = wishes with { LeftTopics = [.. wishes.LeftTopics, purpose] };
        }
        return wishes;
    }
}
