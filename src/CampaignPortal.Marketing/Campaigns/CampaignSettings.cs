using System.Text.Json;
using System.Text.Json.Serialization;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Everything of a campaign besides its name and its versions; stored as JSON.</summary>
public sealed record CampaignSettings
{
    /// <summary>Audiences that are combined; none is everyone who may be written to.</summary>
    public IReadOnlyList<long> Include { get; init; } = [];

    /// <summary>Audiences that are left out.</summary>
    public IReadOnlyList<long> Exclude { get; init; } = [];

    /// <summary>Whether somebody chose the audience: nothing is sent to everyone by oversight.</summary>
    public bool IsAudienceChosen { get; init; }

    /// <summary>Somebody decided to send although the audience is late or could not be counted: its last members count. Holds for one send: the next one, and a copy, begin without.</summary>
    public bool SendsStaleAudience { get; init; }

    /// <summary>Leaves out who ordered within so many days; 0 leaves out nobody.</summary>
    public int SkipBuyersOfDays { get; init; }

    /// <summary>Stands for the campaign itself in <see cref="SkipReceiversOf"/>: a draft, and a copy, have no number of their own yet.</summary>
    public const long ThisCampaign = 0;

    /// <summary>Leaves out whoever received one of these campaigns.</summary>
    public IReadOnlyList<long> SkipReceiversOf { get; init; } = [];

    /// <summary>Counts only what they received within so many days; 0 counts everything.</summary>
    public int SkipReceiversOfDays { get; init; }

    /// <summary>Key of what it is about: whoever left that topic gets nothing, and its cap counts; null for none.</summary>
    public string? Topic { get; init; }

    /// <summary>Share of the test group; the rest waits for the winner. 1 tests on everybody. Ignored with a single version.</summary>
    public double TestShare { get; init; } = 0.4;

    /// <summary>Share of the eligible who receive nothing, to measure the effect.</summary>
    public double HoldoutShare { get; init; } = 0.1;

    /// <summary>What decides between versions.</summary>
    public ResultMetric Metric { get; init; } = ResultMetric.Clicks;

    /// <summary>Hours from the start of the test to its judgement; null takes the usual of the metric.</summary>
    public int? DecideAfterHours { get; init; }

    /// <summary>Whether the portal sends the winner by itself; otherwise it asks.</summary>
    public bool IsWinnerAutomatic { get; init; }

    public CampaignSchedule Schedule { get; init; } = new();

    /// <summary>What the campaign costs, in the reporting currency; null while nobody said so.</summary>
    public decimal? Costs { get; init; }

    /// <summary>Share of revenue that is left after goods and delivery, 0 to 1; null while nobody said so.</summary>
    public double? Margin { get; init; }

    /// <summary>Template that it began with; null for none.</summary>
    public string? Template { get; init; }

    /// <summary>The hours that are in force.</summary>
    [JsonIgnore]
    public int DecisionHours => DecideAfterHours ?? (Metric is ResultMetric.Clicks or ResultMetric.Opens ? 4 : 24);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="JsonException">The text is no settings document.</exception>
    public static CampaignSettings FromJson(string text) => JsonSerializer.Deserialize<CampaignSettings>(text, Json) ?? throw new JsonException("Settings of a campaign are one JSON object.");
}
