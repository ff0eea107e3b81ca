using CampaignPortal.Web.Components;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Predictions;

/// <summary>Names of traits and groups in the reader's language.</summary>
internal static class Groups
{
    public static string Trait(string trait) => trait switch
    {
        "country" => PredictionsWords.TraitCountry,
        "age" => PredictionsWords.TraitAge,
        "tenure" => PredictionsWords.TraitTenure,
        _ => trait,
    };

    public static string Value(string trait, string value) => value switch
    {
        "0-90" => PredictionsWords.TenureNew,
        "90-365" => PredictionsWords.TenureMiddle,
        "365" => PredictionsWords.TenureLong,
        "other" => PredictionsWords.ValueOther,
        "unknown" => PredictionsWords.ValueUnknown,
        _ => Vocabulary.TraitValue(trait, value),
    };
}
