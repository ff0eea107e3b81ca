using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Statistics.Experiments;

namespace CampaignPortal.Marketing.Campaigns;

public enum CheckLevel
{
    Fine, Warning,
    /// <summary>The campaign cannot be launched with it.</summary>
    Error,
}

/// <summary>Where in the composer it is mended.</summary>
public enum ComposerStep
{
    Audience, Content, Test, Schedule, Review,
}

/// <summary>One line of the list before launch.</summary>
/// <param name="Code">One of <see cref="CheckCodes"/>, or the code of a content finding.</param>
/// <param name="Position">Of the version concerned; null for the campaign.</param>
/// <param name="Finding">What the content's own check said; null for the others.</param>
public sealed record CampaignCheck(CheckLevel Level, string Code, ComposerStep Step, int? Position = null, ContentFinding? Finding = null)
{
    /// <summary>A number that the words mention.</summary>
    public double? Number { get; init; }

    /// <summary>The days without marketing that it begins on, where the check is about them.</summary>
    public MetFreeDays? Met { get; init; }

    /// <summary>Whether it leaves in time, where the check is about that.</summary>
    public SendingForecast? Forecast { get; init; }

    /// <summary>The audience that is not up to date, where the check is about one.</summary>
    public StaleAudience? Stale { get; init; }

    /// <summary>What the rule of an audience names in vain, where the check is about that.</summary>
    public GoneSegment? Gone { get; init; }
}

public static class CheckCodes
{
    public const string NoName = "no-name", NoAudience = "no-audience", EmptyAudience = "empty-audience", StaleAudience = "stale-audience", GoneAudience = "gone-audience", GoneSegment = "gone-segment", NobodyReached = "nobody-reached", ReachFine = "reach-fine",
        ContentFine = "content-fine", SameContent = "same-content", NoDate = "no-date", DatePassed = "date-passed", ScheduleFine = "schedule-fine", QuietStart = "quiet-start", FreeDayStart = "free-day-start", CapacityShort = "capacity-short", CapacityLong = "capacity-long", CapacityFine = "capacity-fine",
        TestTooSmall = "test-too-small", WeightsZero = "weights-zero", TestFine = "test-fine", HoldoutSmall = "holdout-small", OpensDecide = "opens-decide", NoChannel = "no-channel", SendingStopped = "sending-stopped",
        PickupOnly = "pickup-only", PickupUnready = "pickup-unready", DefaultSender = "default-sender", LocalAddress = "local-address", VersionSmall = "version-small", ChannelFine = "channel-fine", NoMargin = "no-margin", ManyRecipients = "many-recipients";
}

/// <summary>How much a test of this size can find.</summary>
/// <param name="PerArm">People of the smallest version.</param>
/// <param name="Baseline">Rate that is assumed without a difference.</param>
/// <param name="SmallestEffect">Difference of rates that is found in 8 of 10 cases; null when none could be.</param>
/// <param name="IsFromHistory">Whether the baseline is the shop's own.</param>
public sealed record PowerEstimate(long PerArm, double Baseline, double? SmallestEffect, bool IsFromHistory)
{
    /// <summary>Whether the versions have different shares.</summary>
    public bool IsUneven { get; init; }
}

public sealed record PreFlightReport(IReadOnlyList<CampaignCheck> Checks, ReachEstimate Reach, PowerEstimate? Power)
{
    /// <summary>What campaigns of this size brought before; null while nobody is reached.</summary>
    public Expectation? Expected { get; init; }

    public bool CanLaunch => Checks.All(c => c.Level is not CheckLevel.Error);
}

/// <summary>Looks at a draft as a careful colleague would before it is sent (CA-12). Errors block, warnings do not.</summary>
public sealed class PreFlightHandler(
    EstimateReachHandler reach, CheckContentHandler content, DeliverySettingsStore delivery, BaselineReader baselines, ExpectationReader expectations, SendingRateReader rates, PortalDatabase database, ShopSettingsStore shop,
    CampaignOptions options, TimeProvider clock)
{
    private const int ManyRecipients = 10_000;

    public Task<PreFlightReport> HandleAsync(CampaignDraft draft, CancellationToken ct) => HandleAsync(0, draft, ct);

    /// <param name="campaignId">Whose draws are counted; 0 for a draft that is not saved.</param>
    public async Task<PreFlightReport> HandleAsync(long campaignId, CampaignDraft draft, CancellationToken ct)
    {
        var hasWeights = draft.Variants.Any(v => v.Weight > 0);
        var estimate = await reach.HandleAsync(campaignId, hasWeights ? draft : draft with { Variants = [.. draft.Variants.Select(v => v with { Weight = 1 })] }, ct);
        var power = PowerOf(draft, estimate);
        List<CampaignCheck> checks =
        [
            .. AudienceChecks(draft, estimate, AreAllThere([.. draft.Settings.Include, .. draft.Settings.Exclude])),
            .. await ContentChecksAsync(draft, estimate.Reached, ct),
            .. TestChecks(draft, estimate, power, hasWeights),
            .. ScheduleChecks(draft.Settings.Schedule),
            .. CapacityChecks(draft.Settings.Schedule, estimate),
            .. ChannelChecks(),
        ];
        if (draft.Name.Trim().Length is 0) checks.Add(new CampaignCheck(CheckLevel.Error, CheckCodes.NoName, ComposerStep.Review));
        if (draft.Settings.Margin is null || draft.Settings.Costs is null) checks.Add(new CampaignCheck(CheckLevel.Warning, CheckCodes.NoMargin, ComposerStep.Test));
        return new PreFlightReport([.. checks.OrderByDescending(c => c.Level)], estimate, power) { Expected = expectations.For(estimate.ReceiverCount) };
    }

    /// <summary>What a test of the draft's size can find; null without a comparison.</summary>
    public PowerEstimate? PowerOf(CampaignDraft draft, ReachEstimate estimate)
    {
        if (!draft.IsTest) return null;
        var perArm = estimate.VariantCounts.Min();
        var (baseline, isOwn) = baselines.Read(draft.Settings.Metric);
        var known = new PowerEstimate(perArm, baseline, null, isOwn) { IsUneven = !draft.HasEqualShares };
        if (perArm < 2) return known;
        // Two arms of different size find as much as two equal ones of their harmonic mean; the weakest comparison with the first version counts.
        double first = estimate.VariantCounts[0];
        var equal = estimate.VariantCounts.Skip(1).Min(other => 2 * first * other / (first + other));
        // Several versions against the first: the first step of Holm.
        var smallest = PowerAnalysis.SmallestEffect(equal, baseline, 0.05 / (draft.Variants.Count - 1));
        return known with { SmallestEffect = smallest.IsOk ? smallest.Value.AbsoluteMde : null };
    }

    private static IEnumerable<CampaignCheck> AudienceChecks(CampaignDraft draft, ReachEstimate estimate, bool areAllThere)
    {
        if (!draft.Settings.IsAudienceChosen)
        {
            yield return new CampaignCheck(CheckLevel.Error, CheckCodes.NoAudience, ComposerStep.Audience);
            yield break;
        }
        if (!areAllThere)
        {
            // Whoever was to be left out by an audience that is gone would be written to.
            yield return new CampaignCheck(CheckLevel.Error, CheckCodes.GoneAudience, ComposerStep.Audience);
            yield break;
        }
        if (estimate.Gone is { } gone)
        {
            // "Not in" it would now be everybody, and "in" it nobody: neither is what was meant.
            yield return new CampaignCheck(CheckLevel.Error, CheckCodes.GoneSegment, ComposerStep.Audience) { Gone = gone };
            yield break;
        }
        if (estimate.StaleBecause is { } stale) yield return new CampaignCheck(CheckLevel.Warning, CheckCodes.StaleAudience, ComposerStep.Audience) { Stale = stale };
        // Each run of a recurring campaign counts anew: no birthday today says nothing about tomorrow.
        var nobody = draft.Settings.Schedule.Kind is ScheduleKind.Recurring ? CheckLevel.Warning : CheckLevel.Error;
        if (estimate.Funnel.Audience is 0) yield return new CampaignCheck(nobody, CheckCodes.EmptyAudience, ComposerStep.Audience);
        else if (estimate.ReceiverCount is 0) yield return new CampaignCheck(nobody, CheckCodes.NobodyReached, ComposerStep.Audience) { Number = estimate.Funnel.Audience };
        else yield return new CampaignCheck(estimate.ReceiverCount > ManyRecipients ? CheckLevel.Warning : CheckLevel.Fine, estimate.ReceiverCount > ManyRecipients ? CheckCodes.ManyRecipients : CheckCodes.ReachFine, ComposerStep.Audience) { Number = estimate.ReceiverCount };
    }

    private bool AreAllThere(IReadOnlyList<long> audiences)
    {
        using var connection = database.OpenReader();
        using var find = connection.Prepare("select 1 from \"Audiences\" where \"Id\" = @0 and \"ArchivedAt\" is null", 1);
        return audiences.All(id => find.RunScalar(id) is not null);
    }

    private async Task<IReadOnlyList<CampaignCheck>> ContentChecksAsync(CampaignDraft draft, IReadOnlyList<long> recipients, CancellationToken ct)
    {
        var checks = new List<CampaignCheck>();
        for (var i = 0; i < draft.Variants.Count; i++)
        {
            var position = i;
            var findings = await content.HandleAsync(new CheckContent(draft.Variants[i].Content, recipients.Count > 0 ? recipients : null), ct);
            checks.AddRange(findings.Select(f => new CampaignCheck(Level(f.Level), f.Code, ComposerStep.Content, position, f)));
            if (findings.All(f => f.Level is FindingLevel.Fine)) checks.Add(new CampaignCheck(CheckLevel.Fine, CheckCodes.ContentFine, ComposerStep.Content, position));
        }
        checks = SaidOnce(checks, draft.Variants.Count);
        if (draft.Variants.Select(v => v.Content).Distinct().Count() < draft.Variants.Count) checks.Add(new CampaignCheck(CheckLevel.Warning, CheckCodes.SameContent, ComposerStep.Content));
        return checks;
    }

    // What is true of every version is a line about the campaign: ten versions without a postal address lack one address.
    private static List<CampaignCheck> SaidOnce(List<CampaignCheck> checks, int versionCount) =>
    [
        .. checks.GroupBy(c => (c.Code, c.Level, c.Finding?.Place, c.Finding?.Line, c.Finding?.Column, Facts: string.Join('\n', c.Finding?.Arguments.Values ?? []))).SelectMany(same =>
            versionCount > 1 && same.Count() == versionCount ? [same.First() with { Position = null }] : same.AsEnumerable()),
    ];

    private static IEnumerable<CampaignCheck> TestChecks(CampaignDraft draft, ReachEstimate estimate, PowerEstimate? power, bool hasWeights)
    {
        if (!hasWeights) yield return new CampaignCheck(CheckLevel.Error, CheckCodes.WeightsZero, ComposerStep.Test);
        if (power is not null)
        {
            // Half of the baseline more is a large effect; who cannot find even that is more likely to miss than to find.
            var isWeak = power.SmallestEffect is not { } smallest || smallest > power.Baseline / 2;
            yield return new CampaignCheck(isWeak ? CheckLevel.Warning : CheckLevel.Fine, isWeak ? CheckCodes.TestTooSmall : CheckCodes.TestFine, ComposerStep.Test) { Number = power.PerArm };
            if (draft.Settings.Metric is ResultMetric.Opens) yield return new CampaignCheck(CheckLevel.Warning, CheckCodes.OpensDecide, ComposerStep.Test);
        }
        if (draft.IsTest && hasWeights)
        {
            var shares = draft.Shares;
            for (var i = 0; i < shares.Count; i++)
            {
                if (shares[i] < CampaignDraft.SmallShare) yield return new CampaignCheck(CheckLevel.Warning, CheckCodes.VersionSmall, ComposerStep.Test, i) { Number = shares[i] };
            }
        }
        if (draft.Settings.HoldoutShare > 0 && estimate.HoldoutCount < 100) yield return new CampaignCheck(CheckLevel.Warning, CheckCodes.HoldoutSmall, ComposerStep.Test) { Number = estimate.HoldoutCount };
    }

    private IEnumerable<CampaignCheck> ScheduleChecks(CampaignSchedule schedule)
    {
        var (at, now) = (shop.Read(), clock.GetUtcNow());
        if (StartOf(schedule, at.Zone, now) is not { } start)
        {
            yield return new CampaignCheck(CheckLevel.Error, schedule.Date is null ? CheckCodes.NoDate : CheckCodes.DatePassed, ComposerStep.Schedule);
            yield break;
        }
        var calendar = delivery.Read().Calendar;
        if (MetFreeDays.Of(schedule, start, calendar, at) is { } met) yield return new CampaignCheck(CheckLevel.Warning, CheckCodes.FreeDayStart, ComposerStep.Schedule) { Met = met };
        else if (!schedule.FollowsCustomers && calendar.Hours.Contains(start, at.Zone)) yield return new CampaignCheck(CheckLevel.Warning, CheckCodes.QuietStart, ComposerStep.Schedule);
        else if (schedule.Kind is not ScheduleKind.Now) yield return new CampaignCheck(CheckLevel.Fine, CheckCodes.ScheduleFine, ComposerStep.Schedule);
    }

    private static DateTimeOffset? StartOf(CampaignSchedule schedule, TimeZoneInfo zone, DateTimeOffset now) =>
        schedule.Kind is ScheduleKind.Now ? now : ScheduleDates.Next(schedule, zone, now, 1) is [var next, ..] ? next : null;

    // The first wave has one deadline, the rest another: the larger one counts. On the customers' own clocks a day is spread over the earth.
    private IEnumerable<CampaignCheck> CapacityChecks(CampaignSchedule schedule, ReachEstimate estimate)
    {
        var (count, at, now) = (Math.Max(estimate.Funnel.Planned, estimate.Funnel.Waiting), shop.Read(), clock.GetUtcNow());
        if (schedule.FollowsCustomers || count is 0 || rates.Read() is not { } perMinute) yield break;
        var start = StartOf(schedule, at.Zone, now) ?? now;
        var (calendar, country) = (delivery.Read().Calendar, at.Country.Length > 0 ? at.Country : null);
        var due = calendar.NextWorking(start, at.Zone, country);
        var forecast = SendingForecast.Of(calendar, (at.Zone, country), due, calendar.UsefulUntil(due, options.SendWithin, at.Zone, country), count, perMinute);
        var code = forecast.LeftOver > 0 ? CheckCodes.CapacityShort : forecast.IsInterrupted ? CheckCodes.CapacityLong : CheckCodes.CapacityFine;
        yield return new CampaignCheck(code is CheckCodes.CapacityFine ? CheckLevel.Fine : CheckLevel.Warning, code, ComposerStep.Schedule) { Forecast = forecast };
    }

    private IEnumerable<CampaignCheck> ChannelChecks()
    {
        var settings = delivery.Read();
        if (settings.IsStopped) yield return new CampaignCheck(CheckLevel.Warning, CheckCodes.SendingStopped, ComposerStep.Review);
        if (settings.Transport is KnownSettings.PickupTransport)
        {
            yield return new CampaignCheck(CheckLevel.Warning, settings.HasOwnSender && settings.HasReachableUrl ? CheckCodes.PickupOnly : CheckCodes.PickupUnready, ComposerStep.Review);
            yield break;
        }
        var hasServer = settings.Smtp.Host.Length > 0;
        if (!hasServer) yield return new CampaignCheck(CheckLevel.Error, CheckCodes.NoChannel, ComposerStep.Review);
        // Real people would get mail from nobody, with an unsubscribe link that opens on their own machine.
        if (!settings.HasOwnSender) yield return new CampaignCheck(CheckLevel.Error, CheckCodes.DefaultSender, ComposerStep.Review);
        if (!settings.HasReachableUrl) yield return new CampaignCheck(CheckLevel.Error, CheckCodes.LocalAddress, ComposerStep.Review);
        if (hasServer && settings.HasOwnSender && settings.HasReachableUrl) yield return new CampaignCheck(CheckLevel.Fine, CheckCodes.ChannelFine, ComposerStep.Review);
    }

    private static CheckLevel Level(FindingLevel level) => level switch
    {
        FindingLevel.Error => CheckLevel.Error,
        FindingLevel.Warning => CheckLevel.Warning,
        _ => CheckLevel.Fine,
    };
}
