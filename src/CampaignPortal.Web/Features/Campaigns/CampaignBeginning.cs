using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>Begins a campaign with everything that a person would otherwise have to fill in: name, template, a good time.</summary>
public sealed class CampaignBeginning(CreateCampaignHandler create, DeliverySettingsStore delivery)
{
    private static readonly TimeSpan Notice = TimeSpan.FromMinutes(30);

    /// <param name="template">Key of <see cref="CampaignTemplates"/>; null takes the plain one.</param>
    /// <param name="audience">Chosen already, where one comes from an audience.</param>
    /// <returns>The number of the draft.</returns>
    public Task<long> CreateAsync(string? template, long? audience, Viewer viewer, CancellationToken ct)
    {
        var chosen = CampaignTemplates.All.FirstOrDefault(t => t.Key == template) ?? CampaignTemplates.Plain;
        var now = viewer.Clock.GetUtcNow();
        var suggested = Suggest(now, viewer.Shop.Zone, delivery.Read().Quiet);
        var day = Figures.Day(now, viewer.Zone, now);
        return create.HandleAsync(
            new CreateCampaign(viewer.User.ActorName())
            {
                Name = template is null ? Say.With(CampaignWords.DefaultName, ("date", day)) : Say.With(CampaignWords.TemplateName, ("template", chosen.Title()), ("date", day)),
                Contents = [new MessageContent { Subject = chosen.Subject(), Preheader = chosen.Preheader(), Body = chosen.Body(), Layout = MessageLayout.Shop, Language = viewer.Shop.Language }],
                Settings = new CampaignSettings
                {
                    Template = chosen.Key,
                    Include = audience is { } id ? [id] : [],
                    IsAudienceChosen = audience is not null,
                    SkipBuyersOfDays = chosen.SkipBuyersOfDays,
                    Schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Date = DateOnly.FromDateTime(suggested), Time = TimeOnly.FromDateTime(suggested) },
                },
            },
            ct);
    }

    /// <summary>The next full half hour outside the quiet hours, with some time to look at everything; on the shop's clock.</summary>
    internal static DateTime Suggest(DateTimeOffset now, TimeZoneInfo zone, QuietHours quiet)
    {
        var earliest = quiet.NextAllowed(now + Notice, zone);
        var local = TimeZoneInfo.ConvertTime(earliest, zone).DateTime;
        var half = TimeSpan.FromMinutes(30);
        return new DateTime((local.Ticks + half.Ticks - 1) / half.Ticks * half.Ticks, DateTimeKind.Unspecified);
    }
}
