using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Drafts;

namespace CampaignPortal.Web.Features.Audiences;

/// <summary>What a person copied in the builder. It lies beside their drafts: so it can be pasted in another audience, in another window and after a restart.</summary>
internal static class RuleClipboard
{
    private const string Key = "audience:copied";

    public static Task KeepAsync(DraftStore drafts, long user, Rule rule) =>
        drafts.SaveAsync(user, Key, RuleJson.Write(new AudienceRule(new RuleGroup(GroupKind.All, [rule]), [])), CancellationToken.None);

    /// <summary>Null where nothing was copied, or where it says nothing that can be asked.</summary>
    public static async Task<Rule?> ReadAsync(DraftStore drafts, long user) =>
        await drafts.ReadAsync(user, Key, CancellationToken.None) is { } kept && RuleJson.Read(kept.Text) is { IsOk: true, Value.Who.Rules: [var rule] } ? rule : null;
}
