using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CampaignPortal.Marketing.Content;

/// <summary>How the body is written.</summary>
public enum BodyFormat
{
    Markdown, Html,
    /// <summary>MJML, compiled in its author's browser; <see cref="MessageContent.Body"/> is the HTML of the last source that could be compiled.</summary>
    Mjml,
}

/// <summary>The frame around the body.</summary>
public enum MessageLayout
{
    /// <summary>Text on the background, as a person would write it.</summary>
    Plain,
    /// <summary>The shop's name above a sheet of paper.</summary>
    Letter,
    /// <summary>A coloured head, wide pictures, strong buttons.</summary>
    Shop,
}

/// <summary>What happens to a person for whom a value is missing that has no default (CM-04).</summary>
public enum MissingValue
{
    /// <summary>Nobody has said; the pre-flight list asks. A person concerned is skipped.</summary>
    Undecided,
    /// <summary>The place stays empty.</summary>
    Empty,
    /// <summary>This person gets no message.</summary>
    Skip,
    /// <summary>Sending stops until somebody looks.</summary>
    Stop,
}

/// <summary>What is added to the web addresses of a message so that other analytics know where a visit comes from; parameters that stand in a link already win.</summary>
public sealed record LinkTags(string Source, string Medium, string Campaign, string? Content = null);

/// <summary>One version of an e-mail as its author left it. Stored as JSON with the variant that sends it.</summary>
public sealed record MessageContent
{
    // By reflection: generated code gives null to what an older text does not mention, reflection leaves the defaults.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public const int MaxSubjectLength = 200, MaxPreheaderLength = 200, MaxBodyLength = 200_000, MaxSenderLength = 80;

    public string Subject { get; init; } = "";

    /// <summary>What mail programs show beside the subject.</summary>
    public string Preheader { get; init; } = "";

    public string Body { get; init; } = "";

    public BodyFormat BodyFormat { get; init; } = BodyFormat.Markdown;

    /// <summary>The source of <see cref="BodyFormat.Mjml"/>; null in the other formats.</summary>
    public string? Mjml { get; init; }

    /// <summary>Fingerprint of the source that <see cref="Body"/> was compiled from.</summary>
    public string? CompiledFrom { get; init; }

    /// <summary>The source was changed since, or never compiled: what is sent is not what it says.</summary>
    [JsonIgnore]
    public bool IsBehindSource => BodyFormat is BodyFormat.Mjml && CompiledFrom != FingerprintOf(Mjml ?? "");

    /// <summary>The content with what a browser made of an MJML source. It is trusted no more than HTML that somebody typed.</summary>
    public MessageContent WithCompiled(string source, string html) => this with { Mjml = source, Body = html, CompiledFrom = FingerprintOf(source) };

    public MessageLayout Layout { get; init; } = MessageLayout.Letter;

    /// <summary>The plain text as it was edited by hand; null generates it from the body.</summary>
    public string? PlainText { get; init; }

    /// <summary>The name that recipients see; empty takes the shop's.</summary>
    public string SenderName { get; init; } = "";

    /// <summary>Empty takes the shop's.</summary>
    public string ReplyTo { get; init; } = "";

    /// <summary>Language of the text, <c>en</c> or <c>zh-Hans</c>: decides how dates and numbers are written and what the footer says. Empty takes the shop's.</summary>
    public string Language { get; init; } = "";

    public MissingValue WhenMissing { get; init; }

    /// <summary>The author's own HTML has the unsubscribe link; the layout then adds no legal footer of its own.</summary>
    public bool HasOwnFooter { get; init; }

    /// <summary>Null adds nothing to links.</summary>
    public LinkTags? Tags { get; init; }

    private static string FingerprintOf(string source) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source.ReplaceLineEndings("\n"))))[..16];

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="JsonException">The text is not a stored content.</exception>
    public static MessageContent FromJson(string json) => JsonSerializer.Deserialize<MessageContent>(json, Json) ?? new MessageContent();
}
