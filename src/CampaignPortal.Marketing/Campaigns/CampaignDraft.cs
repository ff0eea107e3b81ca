using CampaignPortal.Marketing.Content;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>One version as the composer edits it.</summary>
/// <param name="Id">Number of the stored row; 0 for a version that is not saved yet.</param>
/// <param name="Weight">Relative share of the test group.</param>
public sealed record DraftVariant(long Id, double Weight, MessageContent Content);

/// <summary>What a person edits: name, settings and versions, saved together.</summary>
public sealed record CampaignDraft(string Name, CampaignSettings Settings, IReadOnlyList<DraftVariant> Variants)
{
    public const int MaxNameLength = 120, MaxVariantCount = 10;

    /// <summary>The only version has the whole test group.</summary>
    public bool IsTest => Variants.Count > 1;

    /// <summary>Share of the audience that is in the test group: all without a comparison.</summary>
    public double TestShare => IsTest ? Settings.TestShare : 1;
}

/// <summary>A draft as it is stored.</summary>
/// <param name="Version">To be named when saving: a newer one means that somebody else was here.</param>
public sealed record StoredDraft(long Id, CampaignState State, long Version, DateTimeOffset ChangedAt, string ChangedBy, bool IsLaunched, CampaignDraft Draft);
