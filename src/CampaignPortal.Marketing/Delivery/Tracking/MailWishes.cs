using System.Globalization;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <param name="IsGranted">False where the person wants less than all.</param>
internal sealed record WishStatement(string Purpose, bool IsGranted, int? LimitDays = null, DateTimeOffset? Until = null);

/// <summary>Wishes as they come from a form and as they go into the log.</summary>
public static class MailWishes
{
    /// <summary>What a button of the page says; null for a field or a value that no button has.</summary>
    public static MailWish? Read(string field, string value) => field switch
    {
        "limit" when Days(value) is { } days && (days is 0 || ContactWishes.LimitChoices.Contains(days)) => new MailWish.Limit(days),
        "pause" when Days(value) is { } days && (days is 0 || ContactWishes.PauseChoices.Contains(days)) => new MailWish.Pause(days),
        "without" => new MailWish.Topic(value, IsWanted: false),
        "with" => new MailWish.Topic(value, IsWanted: true),
        _ => null,
    };

    /// <summary>Null where it is in force already, or names a topic that is not there.</summary>
    internal static WishStatement? StatementOf(MailWish wish, UnsubscribeView now, DateTimeOffset at) => wish switch
    {
        MailWish.Limit { Days: 0 } => now.Wishes.LimitDays is null ? null : new WishStatement(ContactWishes.Frequency, IsGranted: true),
        MailWish.Limit limit => now.Wishes.LimitDays == limit.Days ? null : new WishStatement(ContactWishes.Frequency, IsGranted: false, LimitDays: limit.Days),
        MailWish.Pause { Days: 0 } => now.Wishes.IsPaused(at) ? new WishStatement(ContactWishes.Pause, IsGranted: true) : null,
        MailWish.Pause pause => new WishStatement(ContactWishes.Pause, IsGranted: false, Until: at.AddDays(pause.Days)),
        MailWish.Topic topic when now.Topics.Any(t => t.Key == topic.Key) && now.Wishes.HasLeft(topic.Key) == topic.IsWanted => new WishStatement(topic.Key, topic.IsWanted),
        _ => null,
    };

    private static int? Days(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : null;
}
