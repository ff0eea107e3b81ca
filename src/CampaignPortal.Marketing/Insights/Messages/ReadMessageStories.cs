using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Settings;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights.Messages;

/// <summary>Why a customer was written to, from what was true when the message was planned.</summary>
/// <param name="Audiences">Audiences of the campaign by their present names; empty is everyone.</param>
/// <param name="ChosenAt">The moment for which the audience was resolved.</param>
/// <param name="HoldoutShare">Share of the chosen that got nothing.</param>
/// <param name="IsOfRest">Received the winner of a test that others took part in.</param>
/// <param name="ConsentAt">When the consent in force was given; null when none was recorded before the message.</param>
/// <param name="ConsentOrigin">Where it was given.</param>
/// <param name="InWeekBefore">Other messages of the portal in the seven days before.</param>
public sealed record MessageReason(
    IReadOnlyList<string> Audiences, DateTimeOffset? ChosenAt, double HoldoutShare, bool IsOfRest, DateTimeOffset? ConsentAt, string? ConsentOrigin, int InWeekBefore);

/// <summary>One message to one customer.</summary>
/// <param name="Position">0 is version A; null where the version is gone.</param>
/// <param name="HasMail">Whether the mail as it left is kept.</param>
public sealed record MessageStory(
    long Id, long CampaignId, string? Campaign, int? Position, int VersionCount, MessageState State, string? Reason, DateTimeOffset PlannedAt, DateTimeOffset DueAt, DateTimeOffset? EndedAt, bool HasMail)
{
    public required MessageReason Why { get; init; }

    public bool WasSent => State is MessageState.Accepted or MessageState.Rejected;
}

/// <summary>What the portal did to a customer by its campaigns.</summary>
/// <param name="Stories">By the message's number; the newest ones.</param>
/// <param name="Campaigns">Names by number, also of campaigns whose holdout the customer belongs to.</param>
public sealed record CustomerMessages(IReadOnlyDictionary<long, MessageStory> Stories, IReadOnlyDictionary<long, string> Campaigns)
{
    /// <summary>What mails can be about, for statements of the customer that name a topic.</summary>
    public IReadOnlyList<MailTopic> Topics { get; init; } = [];

    public static CustomerMessages None { get; } = new(new Dictionary<long, MessageStory>(), new Dictionary<long, string>());
}

/// <summary>Tells of each message why it was sent or kept back: a customer's rows through their index, whatever the number of customers.</summary>
public sealed class ReadMessageStoriesHandler(IDbContextFactory<PortalDbContext> databases, DeliverySettingsStore settings)
{
    public const int StoryLimit = 200;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public async Task<CustomerMessages> HandleAsync(long customerId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var messages = await db.Messages.AsNoTracking().TagWith("messages of a customer").Where(m => m.CustomerId == customerId).OrderByDescending(m => m.PlannedAt).Take(StoryLimit).ToListAsync(ct);
        var parts = await db.CampaignRecipients.AsNoTracking().Where(r => r.CustomerId == customerId).ToListAsync(ct);
        if (messages.Count == 0 && parts.Count == 0) return CustomerMessages.None with { Topics = settings.Read().Topics };
        var ids = messages.Select(m => m.Id).ToList();
        var kept = await db.MessageBodies.AsNoTracking().Where(b => ids.Contains(b.MessageId)).Select(b => b.MessageId).ToListAsync(ct);
        var consents = await db.ConsentLedger.AsNoTracking().Where(s => s.CustomerId == customerId && s.Channel == ConsentProjection.Email && s.Purpose == ConsentProjection.Marketing).OrderBy(s => s.At).ThenBy(s => s.Sequence).ToListAsync(ct);
        var plans = await PlansAsync(db, [.. messages.Select(m => m.CampaignId).Concat(parts.Select(p => p.CampaignId)).Distinct()], ct);
        var stories = messages.ToDictionary(m => m.Id, m => Story(m, plans.GetValueOrDefault(m.CampaignId), parts.Find(p => p.CampaignId == m.CampaignId && p.Occurrence == m.Occurrence), consents, messages, kept.Contains(m.Id)));
        return new CustomerMessages(stories, plans.ToDictionary(p => p.Key, p => p.Value.Name)) { Topics = settings.Read().Topics };
    }

    private static MessageStory Story(Message message, Plan? plan, CampaignRecipient? part, List<LedgerEntry> consents, List<Message> all, bool hasMail)
    {
        var consent = consents.LastOrDefault(s => s.At <= message.PlannedAt) is { IsGranted: true } given ? given : null;
        var inWeek = all.Count(m => m.Id != message.Id && m.State is MessageState.Accepted && m.EndedAt <= message.DueAt && m.EndedAt > message.DueAt - Week);
        var why = new MessageReason(
            plan?.Audiences ?? [], plan?.ChosenAt.GetValueOrDefault(message.RunId), plan?.Settings.HoldoutShare ?? 0, part?.Part is RunPart.Rest, consent?.At, consent?.Origin, inWeek);
        return new MessageStory(
            message.Id, message.CampaignId, plan?.Name, plan?.Positions.GetValueOrDefault(message.VariantId), plan?.Positions.Count ?? 0, message.State, message.Reason, message.PlannedAt, message.DueAt, message.EndedAt, hasMail)
        {
            Why = why,
        };
    }

    private static async Task<Dictionary<long, Plan>> PlansAsync(PortalDbContext db, List<long> campaigns, CancellationToken ct)
    {
        var rows = await db.Campaigns.AsNoTracking().Where(c => campaigns.Contains(c.Id)).Select(c => new { c.Id, c.Name, c.Settings }).ToListAsync(ct);
        var variants = (await db.CampaignVariants.AsNoTracking().Where(v => campaigns.Contains(v.CampaignId)).Select(v => new { v.CampaignId, v.Id, v.Position }).ToListAsync(ct)).ToLookup(v => v.CampaignId);
        var runs = (await db.CampaignRuns.AsNoTracking().Where(r => campaigns.Contains(r.CampaignId)).Select(r => new { r.CampaignId, r.Id, r.AudienceAsOf }).ToListAsync(ct)).ToLookup(r => r.CampaignId);
        var settings = rows.ToDictionary(c => c.Id, c => CampaignSettings.FromJson(c.Settings));
        var asked = settings.Values.SelectMany(s => s.Include).Distinct().ToList();
        var names = await db.Audiences.AsNoTracking().Where(a => asked.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.Name, ct);
        return rows.ToDictionary(c => c.Id, c => new Plan(
            c.Name, settings[c.Id], [.. settings[c.Id].Include.Select(id => names.GetValueOrDefault(id)).OfType<string>()],
            variants[c.Id].ToDictionary(v => v.Id, v => (int?)v.Position), runs[c.Id].ToDictionary(r => r.Id, r => r.AudienceAsOf)));
    }

    private sealed record Plan(string Name, CampaignSettings Settings, IReadOnlyList<string> Audiences, IReadOnlyDictionary<long, int?> Positions, IReadOnlyDictionary<long, DateTimeOffset?> ChosenAt);
}
