using System.Globalization;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>The reader's words for what campaigns are made of.</summary>
internal static partial class CampaignNames
{
    public static string NameOf(string name) => name.Trim().Length > 0 ? name : CampaignWords.Unnamed;

    /// <summary>A subject as somebody of whom nothing is known would read it: values stand as their defaults.</summary>
    public static string Plain(string subject) => Defaults().Replace(subject, "${text}");

    public static string Version(int position) => Say.With(CampaignWords.VersionLetter, ("letter", CampaignVariant.Letter(position)));

    public static string Audience(IReadOnlyList<string> names, bool isChosen) => names.Count > 0 ? string.Join(", ", names) : isChosen ? CampaignWords.Everyone : CampaignWords.NoAudienceYet;

    public static string Tab(CampaignTab tab) => tab switch
    {
        CampaignTab.Draft => CampaignWords.StateDraft,
        CampaignTab.Scheduled => CampaignWords.StateScheduled,
        CampaignTab.Sending => CampaignWords.StateSending,
        CampaignTab.Sent => CampaignWords.StateSent,
        _ => CampaignWords.TabAll,
    };

    public static string State(CampaignState state, RunPhase? phase = null) => state switch
    {
        CampaignState.Draft => CampaignWords.StateDraft,
        CampaignState.InReview => CampaignWords.StateInReview,
        CampaignState.Scheduled => CampaignWords.StateScheduled,
        CampaignState.Sending when phase is RunPhase.Testing => CampaignWords.StateTesting,
        CampaignState.Sending => CampaignWords.StateSending,
        CampaignState.Sent => CampaignWords.StateSent,
        CampaignState.Paused => CampaignWords.StatePaused,
        CampaignState.Cancelled => CampaignWords.StateStopped,
        CampaignState.Failed => CampaignWords.StateFailed,
        CampaignState.Missed => CampaignWords.StateMissed,
        _ => state.ToString(),
    };

    public static Tone Tone(CampaignState state) => state switch
    {
        CampaignState.Scheduled or CampaignState.InReview => Components.Shared.Tone.Info,
        CampaignState.Sending => Components.Shared.Tone.Accent,
        CampaignState.Sent => Components.Shared.Tone.Good,
        CampaignState.Paused or CampaignState.Missed => Components.Shared.Tone.Warning,
        CampaignState.Failed => Components.Shared.Tone.Bad,
        _ => Components.Shared.Tone.Neutral,
    };

    /// <summary>Every state in which a campaign stands in the calendar has one.</summary>
    public static string? Icon(CampaignState state) => state switch
    {
        CampaignState.Scheduled => "clock",
        CampaignState.Sending => "send",
        CampaignState.Sent => "check",
        CampaignState.Failed => "x",
        CampaignState.Paused => "pause",
        CampaignState.Missed => "triangle-alert",
        CampaignState.Cancelled => "square",
        _ => null,
    };

    /// <summary>Why the portal moved a campaign; a person's own words stay as they are.</summary>
    public static string? Reason(string? reason) => reason switch
    {
        null or "" => null,
        CampaignReasons.Due => CampaignWords.ReasonDue,
        CampaignReasons.Missed => CampaignWords.ReasonMissed,
        CampaignReasons.EmptyAudience => CampaignWords.ReasonEmptyAudience,
        CampaignReasons.GoneSegment => CampaignWords.ReasonGoneSegment,
        CampaignReasons.StaleAudience => CampaignWords.ReasonStaleAudience,
        CampaignReasons.Ended => CampaignWords.ReasonEnded,
        CampaignReasons.PlanFailed => CampaignWords.ReasonPlanFailed,
        CampaignReasons.NextRun => CampaignWords.ReasonNextRun,
        _ when reason.StartsWith(CampaignReasons.NextRunLate, StringComparison.Ordinal) => Say.With(CampaignWords.ReasonNextRunLate, ("count", reason[CampaignReasons.NextRunLate.Length..].Trim())),
        _ when Counted(reason, CampaignReasons.Bounces, CampaignWords.ReasonBounces) is { } words => words,
        _ when Counted(reason, CampaignReasons.Complaints, CampaignWords.ReasonComplaints) is { } words => words,
        _ when After(reason, nameof(DeliveryTrouble.RefusedByPolicy)) is { } text => Say.With(CampaignWords.ReasonRefused, ("text", text)),
        _ when After(reason, nameof(DeliveryTrouble.SenderRefused)) is { } text => Say.With(CampaignWords.ReasonSender, ("text", text)),
        _ when reason.StartsWith(CampaignReasons.ContentBroken, StringComparison.Ordinal) => CampaignWords.ReasonContent + Say.Gap + reason[CampaignReasons.ContentBroken.Length..].Trim(),
        _ => reason,
    };

    public static string Metric(ResultMetric metric) => metric switch
    {
        ResultMetric.Clicks => CampaignWords.ClickRate,
        ResultMetric.Opens => CampaignWords.OpenRate,
        ResultMetric.Orders => CampaignWords.OrdersPerRecipient,
        ResultMetric.Revenue => CampaignWords.RevenuePerRecipient,
        ResultMetric.Unsubscribes => CampaignWords.UnsubscribeRate,
        ResultMetric.Complaints => CampaignWords.ComplaintRate,
        _ => metric.ToString(),
    };

    public static string Drop(DropReason reason) => reason switch
    {
        DropReason.Erased => CampaignWords.DropErased,
        DropReason.NoAddress => CampaignWords.DropNoAddress,
        DropReason.NoConsent => CampaignWords.DropNoConsent,
        DropReason.Suppressed => CampaignWords.DropSuppressed,
        DropReason.RecentBuyer => CampaignWords.DropRecentBuyer,
        DropReason.ReceivedOther => CampaignWords.DropReceivedOther,
        DropReason.FrequencyCap => CampaignWords.DropFrequencyCap,
        DropReason.TopicCap => CampaignWords.DropTopicCap,
        DropReason.PersonalCap => CampaignWords.DropPersonalCap,
        DropReason.TopicLeft => CampaignWords.DropTopicLeft,
        DropReason.Paused => CampaignWords.DropPaused,
        DropReason.GlobalHoldout => CampaignWords.DropGlobalHoldout,
        DropReason.Holdout => CampaignWords.DropHoldout,
        _ => reason.ToString(),
    };

    public static string KeptBack(string reason) => reason switch
    {
        MessageReasons.NoAddress => CampaignWords.DropNoAddress,
        MessageReasons.NoConsent => CampaignWords.DropNoConsent,
        MessageReasons.Unsubscribed => CampaignWords.KeptUnsubscribed,
        MessageReasons.SuppressedAddress or MessageReasons.Bounced or MessageReasons.SoftBounce or MessageReasons.Complained => CampaignWords.DropSuppressed,
        MessageReasons.Erased => CampaignWords.DropErased,
        MessageReasons.FrequencyCap => CampaignWords.DropFrequencyCap,
        MessageReasons.TopicCap => CampaignWords.DropTopicCap,
        MessageReasons.PersonalCap => CampaignWords.DropPersonalCap,
        MessageReasons.TopicLeft => CampaignWords.DropTopicLeft,
        MessageReasons.Paused => CampaignWords.DropPaused,
        MessageReasons.TooLate => CampaignWords.KeptTooLate,
        MessageReasons.Cancelled => CampaignWords.KeptStopped,
        MessageReasons.Content or MessageReasons.Render => CampaignWords.KeptContent,
        _ => reason,
    };

    public static string Repeats(CampaignSchedule schedule) => schedule.Repetition switch
    {
        Repetition.Days => Say.With(CampaignWords.EveryDays, ("count", Figures.Count(schedule.EveryDays))),
        Repetition.Weekdays => schedule.Weekdays.Count > 0 ? string.Join(", ", schedule.Weekdays.OrderBy(d => ((int)d + 6) % 7).Select(Day)) : schedule.Date is { } date ? Day(date.DayOfWeek) : CampaignWords.RepeatWeekdays,
        Repetition.MonthDay => Say.With(CampaignWords.EveryMonthDay, ("day", Figures.Count(schedule.MonthDay))),
        Repetition.LastWorkday => CampaignWords.RepeatLastWorkday,
        _ => "",
    };

    // "bounces 37 612"
    private static string? Counted(string reason, string code, string sentence) =>
        After(reason, code)?.Split(' ') is [var part, var whole] && long.TryParse(part, CultureInfo.InvariantCulture, out var count) && long.TryParse(whole, CultureInfo.InvariantCulture, out var all)
            ? Say.With(sentence, ("count", Figures.Count(count)), ("all", Figures.Count(all)), ("share", Figures.Rate((double)count / Math.Max(1, all))))
            : null;

    private static string? After(string reason, string code) => reason.StartsWith(code + " ", StringComparison.Ordinal) ? reason[(code.Length + 1)..] : null;

    [GeneratedRegex("""\{\{\s*default\s+[^"{}]*"(?<text>[^"]*)"\s*\}\}""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Defaults();

    public static string Day(DayOfWeek day) => CultureInfo.CurrentUICulture.DateTimeFormat.GetAbbreviatedDayName(day);
}
