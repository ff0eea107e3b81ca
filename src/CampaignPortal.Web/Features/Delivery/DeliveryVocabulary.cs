using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Delivery;

/// <summary>States and reasons in the reader's words.</summary>
public static class DeliveryVocabulary
{
    public static string State(MessageState state) => state switch
    {
        MessageState.Planned => DeliveryWords.StatePlanned,
        MessageState.Deferred => DeliveryWords.StateDeferred,
        MessageState.Claimed or MessageState.Sending => DeliveryWords.StateSending,
        MessageState.InDoubt => DeliveryWords.StateInDoubt,
        MessageState.Accepted => DeliveryWords.StateAccepted,
        MessageState.Rejected => DeliveryWords.StateRejected,
        MessageState.Suppressed => DeliveryWords.StateSuppressed,
        MessageState.Expired => DeliveryWords.StateExpired,
        MessageState.DeadLetter => DeliveryWords.StateDeadLetter,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "This state has no words."),
    };

    public static Tone Tone(MessageState state) => state switch
    {
        MessageState.Accepted => Components.Shared.Tone.Good,
        MessageState.InDoubt or MessageState.Deferred => Components.Shared.Tone.Warning,
        MessageState.Rejected or MessageState.DeadLetter => Components.Shared.Tone.Bad,
        MessageState.Claimed or MessageState.Sending => Components.Shared.Tone.Info,
        _ => Components.Shared.Tone.Neutral,
    };

    /// <summary>Why a message did not leave, or waits; null where there is nothing to say.</summary>
    public static string? Reason(string? reason) => reason switch
    {
        null => null,
        MessageReasons.NoAddress => DeliveryWords.ReasonNoAddress,
        MessageReasons.NoConsent => DeliveryWords.ReasonNoConsent,
        MessageReasons.Unsubscribed => DeliveryWords.ReasonUnsubscribed,
        SuppressionReasons.Manual or MessageReasons.SuppressedAddress => DeliveryWords.ReasonManual,
        MessageReasons.Bounced => DeliveryWords.ReasonHardBounce,
        MessageReasons.SoftBounce => DeliveryWords.ReasonSoftBounce,
        SuppressionReasons.SoftBounces => DeliveryWords.ReasonSoftBounces,
        MessageReasons.Complained => DeliveryWords.ReasonComplaint,
        MessageReasons.Erased => DeliveryWords.ReasonErased,
        MessageReasons.FrequencyCap => DeliveryWords.ReasonCap,
        MessageReasons.TopicCap => DeliveryWords.ReasonTopicCap,
        MessageReasons.PersonalCap => DeliveryWords.ReasonPersonalCap,
        MessageReasons.TopicLeft => DeliveryWords.ReasonTopicLeft,
        MessageReasons.Paused => DeliveryWords.ReasonPause,
        MessageReasons.QuietHours => DeliveryWords.ReasonQuiet,
        MessageReasons.FreeDay => DeliveryWords.ReasonFreeDay,
        MessageReasons.TooLate => DeliveryWords.ReasonTooLate,
        MessageReasons.Holdout => DeliveryWords.ReasonHoldout,
        MessageReasons.Cancelled => DeliveryWords.ReasonCancelled,
        MessageReasons.CampaignPaused => DeliveryWords.ReasonPaused,
        MessageReasons.Content or MessageReasons.Render => DeliveryWords.ReasonContent,
        MessageReasons.GaveUp => DeliveryWords.ReasonGaveUp,
        MessageReasons.Policy => DeliveryWords.ReasonPolicy,
        MessageReasons.Destination => DeliveryWords.ReasonDestination,
        MessageReasons.Credentials => DeliveryWords.ReasonCredentials,
        MessageReasons.Sender => DeliveryWords.ReasonSender,
        MessageReasons.Temporary => DeliveryWords.ReasonTemporary,
        MessageReasons.Unknown => DeliveryWords.ReasonUnknown,
        MessageReasons.Restored => DeliveryWords.ReasonRestored,
        _ => reason,
    };

    /// <summary>How the days of a cap are meant.</summary>
    public static string Window(CapWindow window) => window is CapWindow.CalendarDays ? DeliveryWords.WindowCalendar : DeliveryWords.WindowRolling;

    /// <summary>Days without marketing by name, with the country where they hold alone.</summary>
    public static string Names(IEnumerable<FreeDay> days) => string.Join(", ", days.Select(d => d.Country is { } country ? Say.With(CampaignWords.FreeDayOf, ("name", d.Name), ("country", country)) : d.Name));

    /// <summary>What a campaign meets on such a day.</summary>
    public static string Meets(MetFreeDays met, TimeZoneInfo zone) => met.Until is { } at
        ? Say.With(CampaignWords.FreeDayAll, ("days", Names(met.Days)), ("time", Figures.Stamp(at, zone)))
        : Say.With(CampaignWords.FreeDaySome, ("days", Names(met.Days)));

    /// <summary>What came of a test.</summary>
    public static string Outcome(SendResult result) => result.Outcome is SendOutcome.Accepted ? DeliveryWords.TestTaken : Reason(result.Reason) ?? DeliveryWords.ReasonTemporary;
}
