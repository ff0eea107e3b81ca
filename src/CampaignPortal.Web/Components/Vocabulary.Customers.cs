using System.Globalization;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Components;

public static partial class Vocabulary
{
    public static string Stage(LifeStage stage) => stage switch
    {
        LifeStage.New => Words.StageNew,
        LifeStage.Active => Words.StageActive,
        LifeStage.Slipping => Words.StageSlipping,
        LifeStage.Lapsed => Words.StageLapsed,
        _ => Words.StageNoOrder,
    };

    public static Tone ToneOf(LifeStage stage) => stage switch
    {
        LifeStage.New => Tone.Info,
        LifeStage.Active => Tone.Good,
        LifeStage.Slipping => Tone.Warning,
        _ => Tone.Neutral,
    };

    /// <summary>A country by its ISO code; a name that a shop made up stays as it is.</summary>
    public static string Country(string code) => Countries.NameOf(code);

    /// <summary>A language by its ISO code, such as <c>de</c> or <c>en-GB</c>; what is no code stays as it is.</summary>
    public static string LanguageOf(string code)
    {
        if (code.Length is < 2 or > 10 || !code.All(c => char.IsAsciiLetter(c) || c is '-')) return code;
        try
        {
            var culture = CultureInfo.GetCultureInfo(code, predefinedOnly: true);
            return PortalCultures.Current == PortalCultures.English ? culture.EnglishName : culture.DisplayName;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }

    /// <summary>An attribute that shops commonly have, in words; the others by the name that the shop gave them.</summary>
    public static string Trait(string name) => name switch
    {
        "country" => Words.Country,
        "city" => Words.City,
        "language" => Words.Language,
        "gender" => Words.TraitGender,
        "birth_date" => Words.TraitBirthDate,
        "birth_year" => Words.TraitBirthYear,
        "source" => Words.TraitCameBy,
        "age" => Words.TraitAge,
        "signed_up_at" or "created_at" => Words.TraitSignedUp,
        "timezone" or "time_zone" => Words.TimeZone,
        _ => name,
    };

    /// <summary>The value of an attribute, codes of countries and languages as names.</summary>
    public static string TraitValue(string name, string value) => name switch
    {
        "country" => Country(value),
        "language" => LanguageOf(value),
        _ => value,
    };

    public static string Channel(string channel) => channel switch
    {
        "email" => Words.ChannelEmail,
        "sms" => Words.ChannelSms,
        "push" => Words.ChannelPush,
        _ => channel,
    };

    public static string ChannelIcon(string channel) => channel switch
    {
        "email" => "mail",
        "sms" => "smartphone",
        "push" => "bell",
        _ => "message-square",
    };

    public static string Purpose(string purpose) => purpose switch
    {
        "marketing" => Words.PurposeMarketing,
        "profiling" => Words.PurposeProfiling,
        ContactWishes.Frequency => Words.PurposeFrequency,
        ContactWishes.Pause => Words.PurposePause,
        _ => purpose,
    };

    public static string Suppression(string reason) => reason switch
    {
        "hard-bounce" => Words.SuppressionBounce,
        "complaint" => Words.SuppressionComplaint,
        "unsubscribed" => Words.SuppressionUnsubscribed,
        _ => reason,
    };

    public static string Model(string model) => model switch
    {
        ModelNames.Purchase => Words.ModelPurchase,
        ModelNames.Churn => Words.ModelChurn,
        ModelNames.LifetimeValue => Words.ModelLifetimeValue,
        ModelNames.Segments => Words.ModelSegments,
        ModelNames.Recommendations => Words.ModelRecommendations,
        ModelNames.Alive => Words.ModelAlive,
        _ => model,
    };

    /// <summary>What kind of estimator it is, in words.</summary>
    public static string Method(string kind) => kind switch
    {
        "logistic" => Words.MethodLogistic,
        "mlp" => Words.MethodMlp,
        "blend" => Words.MethodBlend,
        "gbdt" => Words.MethodGbdt,
        "kmeans" => Words.MethodKMeans,
        "segments" => Words.MethodSegments,
        "nbd" => Words.MethodNbd,
        "bg-nbd" or "bgnbd" or "bg-nbd+gamma-gamma" => Words.MethodBgNbd,
        "hybrid" => Words.MethodHybrid,
        "ials" or "als" => Words.MethodIals,
        "item-knn" or "knn" => Words.MethodKnn,
        "popular" or "popularity" => Words.MethodPopular,
        _ => kind,
    };

    public static string State(ModelState state) => state switch
    {
        ModelState.Live => Words.ModelStateLive,
        ModelState.NotPromoted => Words.ModelStateNotPromoted,
        ModelState.Training => Words.ModelStateTraining,
        ModelState.Failed => Words.ModelStateFailed,
        _ => Words.ModelStateNone,
    };

    public static Tone ToneOf(ModelState state) => state switch
    {
        ModelState.Live => Tone.Good,
        ModelState.NotPromoted => Tone.Warning,
        ModelState.Training => Tone.Info,
        ModelState.Failed => Tone.Bad,
        _ => Tone.Neutral,
    };

    public static string Metric(string name) => name.Split(' ') is [var measure, var list] ? $"{Metric(measure)}, {ListInWords(list)}" : name switch
    {
        "top-tenth-rate" => Words.MetricTopTenthRate,
        "top-tenth-share" => Words.MetricTopTenthShare,
        "stability" => Words.MetricStability,
        "total" => Words.MetricTotal,
        "auc" => Words.MetricAuc,
        "pr-auc" => Words.MetricPrAuc,
        "log-loss" or "logloss" => Words.MetricLogLoss,
        "ece" => Words.MetricEce,
        "brier" => Words.MetricBrier,
        "lift-10" or "lift" => Words.MetricLift,
        "silhouette" => Words.MetricSilhouette,
        "inertia" => Words.MetricInertia,
        "mae" => Words.MetricMae,
        "total-bias" => Words.MetricTotalBias,
        "rank-correlation" => Words.MetricRankCorrelation,
        "hr-10" or "hit-10" => Words.MetricHit,
        "ndcg-10" => Words.MetricNdcg,
        "precision-10" => Words.MetricPrecision,
        "recall-10" => Words.MetricRecall,
        _ => name,
    };

    private static string ListInWords(string list) => list switch
    {
        "for-you" => Words.MetricForYou,
        "buy-again" => Words.MetricBuyAgain,
        "new-for-you" => Words.MetricNewForYou,
        _ => list,
    };

    /// <summary>Whether more of the metric is better.</summary>
    public static bool HigherIsBetter(string metric) => metric is not ("log-loss" or "logloss" or "ece" or "brier" or "inertia" or "mae" or "total-bias");

    public static string Baseline(string? name) => name switch
    {
        "rfm" => Words.BaselineRfm,
        "recency" => Words.BaselineRecency,
        "popular" or "popularity" => Words.BaselinePopular,
        "mean" or "average" => Words.BaselineMean,
        "past-rate" => Words.BaselinePastRate,
        _ => Words.BaselineRule,
    };

    /// <summary>A feature in words, without a value: "days since the last order". Names of groups follow a colon.</summary>
    public static string Feature(string name)
    {
        if (FeatureWord("Feature_", name) is { } whole) return whole;
        var (stem, argument) = name.Split(':', 2) is [var s, var a] ? (s, a) : (name, null);
        if (argument is not null && FeatureWord("FeatureOf_", stem) is { } template) return Say.With(template, ("name", TraitValue(stem, argument)));
        // Unknown to the words: the name itself, readable.
        return name.Replace('_', ' ');
    }

    /// <summary>A reason with the customer's own value: "23 days since the last order".</summary>
    public static string Reason(string feature, double? value, string currency)
    {
        if (value is not { } known || !double.IsFinite(known)) return Capitalized(Feature(feature));
        return Capitalized(FeatureWord("Reason_", feature) is { } sentence ? Say.With(sentence, ("value", Value(feature, known, currency))) : $"{Feature(feature)}: {Value(feature, known, currency)}");
    }

    // A reason is a line of its own; names of features stand within sentences elsewhere.
    private static string Capitalized(string words) => words.Length == 0 ? words : char.ToUpper(words[0], CultureInfo.CurrentCulture) + words[1..];

    private static string Value(string feature, double value, string currency)
    {
        if (feature.Contains("share", StringComparison.Ordinal) || feature.EndsWith("_rate", StringComparison.Ordinal) || feature.EndsWith("_rate_90d", StringComparison.Ordinal))
            return value.ToString("P0", CultureInfo.CurrentCulture).Replace(" ", "", StringComparison.Ordinal).Replace("\u00a0", "", StringComparison.Ordinal);
        if (feature.StartsWith("revenue", StringComparison.Ordinal) && feature is not "revenue_trend" || feature.StartsWith("order_value", StringComparison.Ordinal) && feature is not "order_value_last_ratio" || feature is "unit_price_mean")
            return Figures.Money(Math.Round((decimal)value, 2), currency);
        return Figures.Number(value, value == Math.Truncate(value) || Math.Abs(value) >= 10 ? 0 : Math.Abs(value) < 1 ? 2 : 1);
    }

    private static string? FeatureWord(string prefix, string name) =>
        Words.ResourceManager.GetString(prefix + name.Replace('-', '_'), CultureInfo.CurrentUICulture);
}
