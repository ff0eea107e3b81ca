using System.Globalization;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Quality;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Data;

/// <summary>The reader's words for files, fields, reasons and results of imports.</summary>
internal static class DataNames
{
    public static string Preset(string name) => Find("Preset", name) ?? name;

    public static string Field(string name) => name.StartsWith(ImportField.TraitPrefix, StringComparison.Ordinal)
        ? Say.With(DataWords.FieldTrait, ("name", name[ImportField.TraitPrefix.Length..]))
        : Find("Field", name) ?? name;

    public static string Reason(string reason) => Find("Reason", reason.Replace('.', '-')) ?? reason;

    public static string HeldBack(string reason) => Find("Held", reason) ?? reason;

    public static string Status(string status) => Find("Status", status) ?? status;

    public static Tone ToneOf(string status) => status switch
    {
        "finished" => Tone.Good,
        "running" or "waiting" or "undoing" => Tone.Info,
        "failed" => Tone.Bad,
        "cancelled" => Tone.Warning,
        _ => Tone.Neutral,
    };

    public static string Mode(ImportMode mode) => Find("Mode", mode.ToString()) ?? mode.ToString();

    public static string Problem(QualityProblem problem) => Find("Problem", problem.ToString()) ?? problem.ToString();

    public static string Action(QualityAction action) => Find("Action", action.ToString()) ?? action.ToString();

    public static string Kept(string reason) => Find("Kept", reason) ?? reason;

    public static string Delimiter(FileFormat format) => format.Kind switch
    {
        FileKind.Workbook => DataWords.KindWorkbook,
        FileKind.JsonLines => DataWords.KindJsonLines,
        _ => format.Delimiter switch
        {
            ',' => DataWords.DelimiterComma,
            ';' => DataWords.DelimiterSemicolon,
            '\t' => DataWords.DelimiterTab,
            '|' => DataWords.DelimiterBar,
            _ => format.Delimiter.ToString(),
        },
    };

    public static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => Figures.Number(bytes / (double)(1L << 30), 1) + " GB",
        >= 1L << 20 => Figures.Number(bytes / (double)(1L << 20), 1) + " MB",
        _ => Figures.Number(Math.Max(1, bytes / 1024.0), 0) + " KB",
    };

    /// <summary>What a part of an item or a contact is called in differences.</summary>
    public static string Changed(string field) => char.IsUpper(field[0]) ? Find("Part", field) ?? field : Field(field);

    // Names of fields and reasons come from data, so the word is looked up by its name instead of by a property.
    private static string? Find(string kind, string name) =>
        DataWords.ResourceManager.GetString(kind + string.Concat(name.Split('-', '_', ' ').Where(p => p.Length > 0).Select(p => char.ToUpperInvariant(p[0]) + p[1..])), CultureInfo.CurrentUICulture);
}
