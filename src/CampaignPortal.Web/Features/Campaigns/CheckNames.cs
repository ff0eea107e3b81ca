using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Content.Checks;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Audiences;
using CampaignPortal.Web.Features.Content;
using CampaignPortal.Web.Features.Delivery;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>The reader's words for checks before launch.</summary>
internal static class CheckNames
{
    /// <param name="zone">The reader's.</param>
    public static string Of(CampaignCheck check, TimeZoneInfo zone)
    {
        var text = check.Finding is { } finding ? ContentNames.Of(finding) : OfCampaign(check, zone);
        return check.Position is { } position ? Say.With(CampaignWords.OfVersion, ("version", CampaignNames.Version(position)), ("text", text)) : text;
    }

    /// <summary>Where an admin mends what is not the campaign's own; null for what the composer mends.</summary>
    public static string? SettingsAddressOf(CampaignCheck check) => check.Code switch
    {
        CheckCodes.NoChannel or CheckCodes.PickupOnly => "/settings/sending#way",
        CheckCodes.DefaultSender or CheckCodes.LocalAddress or CheckCodes.PickupUnready => "/settings/sending#sender",
        CheckCodes.SendingStopped => "/settings/sending",
        FindingCodes.NoPostalAddress => "/settings/sending#look",
        _ => null,
    };

    private static string OfCampaign(CampaignCheck check, TimeZoneInfo zone) => check.Code switch
    {
        CheckCodes.NoName => CampaignWords.CheckNoName,
        CheckCodes.NoAudience => CampaignWords.CheckNoAudience,
        CheckCodes.EmptyAudience => CampaignWords.CheckEmptyAudience,
        CheckCodes.GoneAudience => CampaignWords.CheckGoneAudience,
        CheckCodes.GoneSegment when check.Gone is { } gone => Say.With(CampaignWords.CheckGoneSegment, ("name", gone.Audience), ("segment", Figures.Count(gone.Segment))),
        CheckCodes.StaleAudience when check.Stale is { } stale => Say.With(CampaignWords.CheckStaleAudience, ("text", AudienceNames.Stale(stale, zone))),
        CheckCodes.NobodyReached => Say.With(CampaignWords.CheckNobodyReached, ("count", Count(check))),
        CheckCodes.ReachFine => Say.With(CampaignWords.CheckReachFine, ("count", Count(check))),
        CheckCodes.ManyRecipients => Say.With(CampaignWords.CheckManyRecipients, ("count", Count(check))),
        CheckCodes.ContentFine => CampaignWords.CheckContentFine,
        CheckCodes.SameContent => CampaignWords.CheckSameContent,
        CheckCodes.NoDate => CampaignWords.CheckNoDate,
        CheckCodes.DatePassed => CampaignWords.CheckDatePassed,
        CheckCodes.ScheduleFine => CampaignWords.CheckScheduleFine,
        CheckCodes.QuietStart => CampaignWords.CheckQuietStart,
        CheckCodes.FreeDayStart when check.Met is { } met => DeliveryVocabulary.Meets(met, zone),
        CheckCodes.CapacityShort when check.Forecast is { } f => Say.With(CampaignWords.CheckCapacityShort, ("rate", Rate(f.PerMinute)), ("count", Figures.Count(f.LeftOver))),
        CheckCodes.CapacityLong when check.Forecast is { } f => Say.With(CampaignWords.CheckCapacityLong, ("rate", Rate(f.PerMinute)), ("time", Figures.Stamp(f.EndsAt, zone))),
        CheckCodes.CapacityFine when check.Forecast is { } f => Say.With(CampaignWords.CheckCapacityFine, ("rate", Rate(f.PerMinute)), ("time", Figures.Stamp(f.EndsAt, zone))),
        CheckCodes.TestTooSmall => Say.With(CampaignWords.CheckTestTooSmall, ("count", Count(check))),
        CheckCodes.TestFine => Say.With(CampaignWords.CheckTestFine, ("count", Count(check))),
        CheckCodes.WeightsZero => CampaignWords.CheckWeightsZero,
        CheckCodes.HoldoutSmall => Say.With(CampaignWords.CheckHoldoutSmall, ("count", Count(check))),
        CheckCodes.OpensDecide => CampaignWords.CheckOpensDecide,
        CheckCodes.NoChannel => CampaignWords.CheckNoChannel,
        CheckCodes.SendingStopped => CampaignWords.CheckSendingStopped,
        CheckCodes.PickupOnly => CampaignWords.CheckPickupOnly,
        CheckCodes.PickupUnready => CampaignWords.CheckPickupUnready,
        CheckCodes.DefaultSender => CampaignWords.CheckDefaultSender,
        CheckCodes.LocalAddress => CampaignWords.CheckLocalAddress,
        CheckCodes.VersionSmall => Say.With(CampaignWords.CheckVersionSmall, ("share", Figures.Chance(check.Number ?? 0))),
        CheckCodes.ChannelFine => CampaignWords.CheckChannelFine,
        CheckCodes.NoMargin => CampaignWords.CheckNoMargin,
        _ => check.Code,
    };

    /// <summary>Mails a minute, without a precision that no measurement has.</summary>
    internal static string Rate(double perMinute) => perMinute < 10 ? Figures.Number(perMinute, 1) : Figures.Count((long)Math.Round(perMinute));

    private static string Count(CampaignCheck check) => Figures.Count((long)(check.Number ?? 0));
}
