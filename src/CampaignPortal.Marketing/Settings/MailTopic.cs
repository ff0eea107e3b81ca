using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Settings;

/// <summary>What mails are about, such as offers or news: customers leave one topic and keep the others, and each may have a cap of its own (DE-05, PV-04).</summary>
/// <param name="Key">Purpose of the consent; never changes, so that whoever left stays away.</param>
/// <param name="Name">As customers read it in English and in every language without a name of its own.</param>
public sealed partial record MailTopic(string Key, string Name)
{
    public const int MaxCount = 12, MaxNameLength = 40, MaxCapCount = 100, MaxCapDays = 365;

    private const int MaxKeyLength = 40;
    private static readonly string[] Reserved = [ConsentProjection.Marketing, "profiling", ContactWishes.Frequency, ContactWishes.Pause];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>As customers read it in Chinese; null takes <see cref="Name"/>.</summary>
    public string? ChineseName { get; init; }

    /// <summary>Beside the cap for all mails; a count of 0 is none.</summary>
    public FrequencyCap Cap { get; init; } = new(0, 7);

    /// <param name="language">Of the reader: <c>zh-Hans</c>, or another.</param>
    public string NameIn(string language) => language.StartsWith("zh", StringComparison.Ordinal) && ChineseName is { Length: > 0 } chinese ? chinese : Name;

    /// <summary>A key for a new topic: its name in small letters, or a number where that leaves nothing.</summary>
    public static string KeyFor(string name, IEnumerable<string> taken)
    {
        var text = NotInKey().Replace(name.Trim().ToLowerInvariant(), "-").Trim('-');
        var stem = text.Length is 0 ? "topic" : text[..Math.Min(text.Length, MaxKeyLength - 4)];
        var used = taken.Concat(Reserved).ToHashSet(StringComparer.Ordinal);
        var key = text.Length is 0 ? stem + "-1" : stem;
        for (var i = 2; used.Contains(key); i++) key = FormattableString.Invariant($"{stem}-{i}");
        return key;
    }

    public static string Write(IReadOnlyList<MailTopic> topics) => JsonSerializer.Serialize(topics, Json);

    /// <summary>Null for a text that is no list of topics, or one that breaks a rule.</summary>
    public static IReadOnlyList<MailTopic>? Read(string text)
    {
        try
        {
            var topics = JsonSerializer.Deserialize<List<MailTopic>>(text, Json);
            return topics is not null && topics.Count <= MaxCount && topics.TrueForAll(IsFine) && topics.DistinctBy(t => t.Key).Count() == topics.Count ? topics : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsFine(MailTopic topic) =>
        topic is { Key: not null, Name: not null, Cap: not null } && topic.Key.Length is > 0 and <= MaxKeyLength && !NotInKey().IsMatch(topic.Key) && !Reserved.Contains(topic.Key)
        && IsName(topic.Name) && (topic.ChineseName is null || IsName(topic.ChineseName)) && topic.Cap.Count is >= 0 and <= MaxCapCount && topic.Cap.Days is >= 1 and <= MaxCapDays && Enum.IsDefined(topic.Cap.Window);

    private static bool IsName(string name) => name.Trim().Length is > 0 and <= MaxNameLength && !name.Any(char.IsControl);

    [GeneratedRegex("[^a-z0-9-]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotInKey();
}
