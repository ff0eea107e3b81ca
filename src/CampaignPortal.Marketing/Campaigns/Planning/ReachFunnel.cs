using System.Text.Json;
using System.Text.Json.Serialization;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>Why a customer of the audience receives nothing. In the order in which the reasons are looked at: the first one counts.</summary>
public enum DropReason
{
    Erased,
    NoAddress,
    NoConsent,
    Suppressed,
    /// <summary>Asked for a pause.</summary>
    Paused,
    /// <summary>Does not want mails about the topic.</summary>
    TopicLeft,
    RecentBuyer,
    ReceivedOther,
    /// <summary>The cap for all mails.</summary>
    FrequencyCap,
    /// <summary>The cap of the topic.</summary>
    TopicCap,
    /// <summary>Wants fewer mails than that.</summary>
    PersonalCap,
    /// <summary>Held out of all campaigns of the quarter.</summary>
    GlobalHoldout,
    /// <summary>Held out of this campaign.</summary>
    Holdout,
}

/// <summary>From the audience down to the messages, by reason; the parts add up to the whole.</summary>
public sealed record ReachFunnel
{
    public long Audience { get; init; }

    public IReadOnlyDictionary<DropReason, long> Dropped { get; init; } = new Dictionary<DropReason, long>();

    /// <summary>Messages of the test group, or of everybody where nothing is tested.</summary>
    public long Planned { get; init; }

    /// <summary>Who waits for the winner.</summary>
    public long Waiting { get; init; }

    public long Of(DropReason reason) => Dropped.GetValueOrDefault(reason);

    /// <summary>Customers left after the reasons up to and including this one.</summary>
    public long After(DropReason reason) => Audience - Enum.GetValues<DropReason>().Where(r => r <= reason).Sum(Of);

    public ReachFunnel Add(ReachFunnel other) => new()
    {
        Audience = Audience + other.Audience,
        Dropped = Enum.GetValues<DropReason>().Where(r => Of(r) + other.Of(r) > 0).ToDictionary(r => r, r => Of(r) + other.Of(r)),
        Planned = Planned + other.Planned,
        Waiting = Waiting + other.Waiting,
    };

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public static ReachFunnel FromJson(string text) => JsonSerializer.Deserialize<ReachFunnel>(text, Json) ?? new ReachFunnel();
}
