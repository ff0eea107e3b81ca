using System.Globalization;
using CampaignPortal.Marketing.DataQuality;
using CampaignPortal.Marketing.Events.Catalogue;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Data;

/// <summary>The reader's words for events, properties, kinds, units and checks.</summary>
internal static class CatalogueNames
{
    /// <summary>What people called it, or the words for a known event, or the name as sent.</summary>
    public static string Event(EventTypeRow row) => row.DisplayName ?? Event(row.Name);

    public static string Event(string name) => Word("Event_", name) ?? name;

    /// <summary>A column of the log or of items in words; other names as sent.</summary>
    public static string Property(string name) => name.StartsWith('$') ? Word("Column_", name[1..]) ?? name[1..] : name;

    public static string Kind(PropertyKind kind) => Word("Kind_", kind.ToString()) ?? kind.ToString();

    public static string Unit(FeatureUnit unit) => Word("Unit_", unit.ToString()) ?? unit.ToString();

    public static string Theme(FeatureTheme theme) => Word("Theme_", theme.ToString()) ?? theme.ToString();

    public static string Table(string table) => Word("Table_", table) ?? table;

    public static string State(QualityState state) => Word("State_", state.ToString()) ?? state.ToString();

    public static Tone ToneOf(QualityState state) => state switch
    {
        QualityState.Severe => Tone.Bad,
        QualityState.Warning => Tone.Warning,
        QualityState.Passed => Tone.Good,
        _ => Tone.Neutral,
    };

    public static string Job(string key) => Word("Job_", key) ?? key;

    /// <summary>What a check says, as a sentence with its figures.</summary>
    public static string Check(QualityCheck check)
    {
        var found = check.Rule is QualityRule.Freshness or QualityRule.Volume ? "" : Figures.Rate(check.Measured);
        return check.Rule switch
        {
            QualityRule.Freshness => Say.With(CatalogueWords.CheckFreshness, ("source", Source(check.Source)), ("time", Say.Duration(TimeSpan.FromHours(check.Measured)))),
            QualityRule.Volume => Say.With(CatalogueWords.CheckVolume, ("source", Source(check.Source)), ("count", Figures.Count((long)check.Measured)), ("usual", Figures.Count((long)Math.Round(check.Limit)))),
            QualityRule.Completeness => Say.With(CatalogueWords.CheckCompleteness, ("share", found), ("what", Rows(check)), ("field", Field(check))),
            QualityRule.Uniqueness when check.Table is QualityTables.Events => Say.With(CatalogueWords.CheckConflicts, ("share", found), ("source", Source(check.Source))),
            QualityRule.Uniqueness => Say.With(CatalogueWords.CheckUniqueness, ("share", found), ("what", Rows(check)), ("field", Field(check))),
            QualityRule.Validity when check.Source.Length > 0 => Say.With(CatalogueWords.CheckQuarantine, ("share", found), ("source", Source(check.Source))),
            QualityRule.Validity when check.Table is QualityTables.Events => Say.With(CatalogueWords.CheckTypes, ("share", found), ("what", Event(check.Field))),
            QualityRule.Validity => Say.With(CatalogueWords.CheckValidity, ("share", found), ("what", Rows(check)), ("field", Field(check))),
            _ => check.Rule.ToString(),
        };
    }

    /// <summary>What would be tolerated, with its unit.</summary>
    public static string Limit(QualityCheck check) => check.Rule switch
    {
        QualityRule.Freshness => Say.Duration(TimeSpan.FromHours(check.Limit)),
        QualityRule.Volume => Say.With(CatalogueWords.UsualCount, ("count", Figures.Count((long)Math.Round(check.Limit)))),
        _ => Figures.Rate(check.Limit),
    };

    public static string Rule(QualityRule rule) => Word("Rule_", rule.ToString()) ?? rule.ToString();

    /// <summary>A value of a feature in its unit.</summary>
    public static string Value(FeatureUnit unit, double value, string currency) => unit switch
    {
        FeatureUnit.Money => Figures.Money(Math.Round((decimal)Math.Clamp(value, -1e12, 1e12), Math.Abs(value) >= 100 ? 0 : 2), currency),
        FeatureUnit.Share => Figures.Rate(value),
        FeatureUnit.Flag => Figures.Rate(value),
        _ => Figures.Number(value, Math.Abs(value) >= 100 || value == Math.Truncate(value) ? 0 : Math.Abs(value) >= 10 ? 1 : 2),
    };

    private static string Source(string source) => source == Marketing.Events.EventTableReader.ImportSource ? CatalogueWords.SourceImport : source;

    // Of an event's column: the event. Of any other table: its rows.
    private static string Rows(QualityCheck check) => check.Table is QualityTables.Events ? Event(check.Field.Split('.')[0]) : Table(check.Table);

    private static string Field(QualityCheck check) => InSentence(check.Table is QualityTables.Events ? Property(check.Field[(check.Field.IndexOf('.', StringComparison.Ordinal) + 1)..]) : Word("Column_", check.Field) ?? check.Field);

    // "Order number" inside an English sentence is "order number"; Chinese has no capitals.
    private static string InSentence(string words) => words.Length > 0 ? char.ToLower(words[0], CultureInfo.CurrentCulture) + words[1..] : words;

    private static string? Word(string prefix, string name) => CatalogueWords.ResourceManager.GetString(prefix + name.Replace('-', '_'), CultureInfo.CurrentUICulture);
}
