using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Audiences;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>Begins a campaign with everything that a person would otherwise have to fill in: name, text, audience, a good time and when it comes again.</summary>
public sealed class CampaignBeginning(CreateCampaignHandler create, EnsureAudienceHandler audiences, ReadRuleChoicesHandler rules, DeliverySettingsStore delivery)
{
    private static readonly TimeSpan Notice = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Morning = TimeSpan.FromHours(9);

    /// <param name="template">Key of <see cref="CampaignTemplates"/>; null takes the plain one.</param>
    /// <param name="audience">Chosen already, where one comes from an audience.</param>
    /// <returns>The number of the draft.</returns>
    public async Task<long> CreateAsync(string? template, long? audience, Viewer viewer, CancellationToken ct)
    {
        var chosen = CampaignTemplates.All.FirstOrDefault(t => t.Key == template) ?? CampaignTemplates.Plain;
        var now = viewer.Clock.GetUtcNow();
        var (zone, quiet, isRecurring) = (viewer.Shop.Zone, delivery.Read().Quiet, chosen.EveryDays > 0);
        var suggested = isRecurring ? SuggestMorning(now, zone, quiet) : Suggest(now, zone, quiet);
        var whom = audience ?? await FindAudienceAsync(chosen, viewer, ct);
        var day = Figures.Day(now, viewer.Zone, now);
        return await create.HandleAsync(
            new CreateCampaign(viewer.User.ActorName())
            {
                Name = template is null ? Say.With(CampaignWords.DefaultName, ("date", day)) : Say.With(CampaignWords.TemplateName, ("template", chosen.Title()), ("date", day)),
                Contents = [new MessageContent { Subject = chosen.Subject(), Preheader = chosen.Preheader(), Body = chosen.Body(), Layout = MessageLayout.Shop, Language = viewer.Shop.Language }],
                Settings = new CampaignSettings
                {
                    Template = chosen.Key,
                    Include = whom is { } id ? [id] : [],
                    IsAudienceChosen = whom is not null,
                    SkipBuyersOfDays = chosen.SkipBuyersOfDays,
                    // Who stays in the audience until the next send is not written to again at once.
                    SkipReceiversOf = isRecurring ? [CampaignSettings.ThisCampaign] : [],
                    SkipReceiversOfDays = chosen.NotAgainWithinDays,
                    Schedule = new CampaignSchedule
                    {
                        Kind = isRecurring ? ScheduleKind.Recurring : ScheduleKind.Once,
                        Date = DateOnly.FromDateTime(suggested), Time = TimeOnly.FromDateTime(suggested),
                        Repetition = Repetition.Days, EveryDays = Math.Max(1, chosen.EveryDays),
                    },
                },
            },
            ct);
    }

    /// <summary>What the templates' audiences are made from, in this shop.</summary>
    public async Task<BuilderChoices> ReadChoicesAsync(Viewer viewer, CancellationToken ct) => BuilderChoices.Of(await rules.HandleAsync(ct), new Dictionary<int, string>(), viewer.Shop.Currency);

    // A template without its audience is still a good beginning: the composer then asks for one.
    private async Task<long?> FindAudienceAsync(CampaignTemplate template, Viewer viewer, CancellationToken ct)
    {
        if (template.Whom is not { } whom || !viewer.User.Can(Capabilities.WriteAudiences) || viewer.User.UserId() is not { } user) return null;
        if (whom.Make(await ReadChoicesAsync(viewer, ct)) is not { } rule) return null;
        var made = await audiences.HandleAsync(new EnsureAudience(AudienceNames.Idea(whom), rule, user), ct);
        return made.IsOk ? made.Value : null;
    }

    /// <summary>The next morning, today's if there is time to look at everything; on the shop's clock and outside the quiet hours.</summary>
    internal static DateTime SuggestMorning(DateTimeOffset now, TimeZoneInfo zone, QuietHours quiet)
    {
        var earliest = TimeZoneInfo.ConvertTime(now + Notice, zone).DateTime;
        var morning = earliest.TimeOfDay <= Morning ? earliest.Date + Morning : earliest.Date.AddDays(1) + Morning;
        return HalfHour(TimeZoneInfo.ConvertTime(quiet.NextAllowed(new DateTimeOffset(morning, zone.GetUtcOffset(morning)), zone), zone).DateTime);
    }

    /// <summary>The next full half hour outside the quiet hours, with some time to look at everything; on the shop's clock.</summary>
    internal static DateTime Suggest(DateTimeOffset now, TimeZoneInfo zone, QuietHours quiet)
    {
        var earliest = quiet.NextAllowed(now + Notice, zone);
        return HalfHour(TimeZoneInfo.ConvertTime(earliest, zone).DateTime);
    }

    private static DateTime HalfHour(DateTime local)
    {
        var half = TimeSpan.FromMinutes(30);
        return new DateTime((local.Ticks + half.Ticks - 1) / half.Ticks * half.Ticks, DateTimeKind.Unspecified);
    }
}
