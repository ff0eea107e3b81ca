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

    /// <summary>No version is given less by hand: whoever is to get nothing is removed.</summary>
    public const double LeastShare = 0.01;

    /// <summary>Below this a version says little at any size of the audience.</summary>
    public const double SmallShare = 0.05;

    /// <summary>The only version has the whole test group.</summary>
    public bool IsTest => Variants.Count > 1;

    /// <summary>Share of the audience that is in the test group: all without a comparison.</summary>
    public double TestShare => IsTest ? Settings.TestShare : 1;

    /// <summary>Share of each version among those who get one; they add up to 1, or are all 0 where nobody has a weight.</summary>
    public IReadOnlyList<double> Shares
    {
        get
        {
            var sum = Variants.Sum(v => v.Weight);
            return [.. Variants.Select(v => sum > 0 ? v.Weight / sum : 0)];
        }
    }

    public bool HasEqualShares => Variants.All(v => Math.Abs(v.Weight - Variants[0].Weight) < 1e-9);

    /// <summary>Gives a version its share. The versions behind it divide the remainder as they did before, so that shares can be entered from the first to the last; for the last one, those before it do.</summary>
    public CampaignDraft WithShare(int position, double share)
    {
        var shares = Shares.ToArray();
        var (from, to) = position < shares.Length - 1 ? (position + 1, shares.Length) : (0, position);
        var kept = from is 0 ? 0 : shares.Take(position).Sum();
        shares[position] = Math.Clamp(share, LeastShare, Math.Max(LeastShare, 1 - kept - LeastShare * (to - from)));
        var (remainder, divided) = (1 - kept - shares[position], shares[from..to].Sum());
        for (var i = from; i < to; i++) shares[i] = divided > 0 ? remainder * shares[i] / divided : remainder / (to - from);
        return this with { Variants = [.. Variants.Select((v, i) => v with { Weight = Math.Max(0, shares[i]) })] };
    }

    public CampaignDraft WithEqualShares() => this with { Variants = [.. Variants.Select(v => v with { Weight = 1 })] };
}

/// <summary>A draft as it is stored.</summary>
/// <param name="Version">To be named when saving: a newer one means that somebody else was here.</param>
public sealed record StoredDraft(long Id, CampaignState State, long Version, DateTimeOffset ChangedAt, string ChangedBy, bool IsLaunched, CampaignDraft Draft);
