using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Marketing.Recommendations.Serving;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Components;

public static partial class Vocabulary
{
    public static string Strategy(string key) => key switch
    {
        Strategies.ForYou => RecommendationsWords.NameForYou,
        Strategies.BuyAgain => RecommendationsWords.NameBuyAgain,
        Strategies.NewForYou => RecommendationsWords.NameNewForYou,
        Strategies.BoughtTogether => RecommendationsWords.NameBoughtTogether,
        Strategies.Similar => RecommendationsWords.NameSimilar,
        Strategies.BestSellers => RecommendationsWords.NameBestSellers,
        _ => key,
    };

    public static string StrategyHint(string key) => key switch
    {
        Strategies.ForYou => RecommendationsWords.HintForYou,
        Strategies.BuyAgain => RecommendationsWords.HintBuyAgain,
        Strategies.NewForYou => RecommendationsWords.HintNewForYou,
        Strategies.BoughtTogether => RecommendationsWords.HintBoughtTogether,
        Strategies.Similar => RecommendationsWords.HintSimilar,
        Strategies.BestSellers => RecommendationsWords.HintBestSellers,
        _ => "",
    };

    public static string Level(RecommendationLevel level) => level switch
    {
        RecommendationLevel.Personal => RecommendationsWords.LevelPersonal,
        RecommendationLevel.Segment => RecommendationsWords.LevelSegment,
        RecommendationLevel.TrendingInCategory => RecommendationsWords.LevelCategory,
        _ => RecommendationsWords.LevelBestSellers,
    };

    /// <summary>Why a list had to go down the ladder.</summary>
    public static string Why(string why) => why switch
    {
        RecommendationReply.UnknownCustomer => RecommendationsWords.WhyUnknownCustomer,
        RecommendationReply.UnknownItem => RecommendationsWords.WhyUnknownItem,
        RecommendationReply.TooFewPersonal => RecommendationsWords.WhyTooFewPersonal,
        RecommendationReply.TooFewEligible => RecommendationsWords.WhyTooFewEligible,
        _ => RecommendationsWords.WhyFull,
    };

    /// <summary>Why a product is on a list.</summary>
    public static string Offer(RecommendationReason reason)
    {
        string Argument(int index) => reason.Arguments.Count > index ? reason.Arguments[index] : "";
        return reason.Code switch
        {
            RecommendationReason.Pinned => RecommendationsWords.ReasonPinned,
            RecommendationReason.Rhythm => Say.With(RecommendationsWords.ReasonRhythm, ("gap", Argument(0)), ("since", Argument(1))),
            RecommendationReason.BoughtBefore => Say.With(RecommendationsWords.ReasonBought, ("count", Argument(0)), ("since", Argument(1))),
            RecommendationReason.BecauseBought when Argument(0).Length > 0 => Say.With(Words.OfferBecause, ("name", Argument(0))),
            RecommendationReason.SimilarTo when Argument(0).Length > 0 => Say.With(RecommendationsWords.ReasonSimilar, ("name", Argument(0))),
            RecommendationReason.BoughtTogether when Argument(0).Length > 0 => Say.With(RecommendationsWords.ReasonTogether, ("name", Argument(0))),
            RecommendationReason.Viewed => Words.OfferViewed,
            RecommendationReason.Popular => Words.OfferSegment,
            RecommendationReason.TrendingInCategory when Argument(0).Length > 0 => Say.With(Words.OfferCategory, ("name", Argument(0))),
            RecommendationReason.Trending or RecommendationReason.TrendingInCategory => Words.OfferTrending,
            RecommendationReason.BestSeller when long.TryParse(Argument(0), System.Globalization.CultureInfo.InvariantCulture, out var count) && count > 1 => Say.With(RecommendationsWords.ReasonBestSeller, ("count", Figures.Count(count))),
            RecommendationReason.BestSeller => Words.OfferPopular,
            RecommendationReason.NewItem => Words.OfferNew,
            _ => Words.OfferTaste,
        };
    }

    /// <summary>The same in the few words that stand beside one customer's products.</summary>
    public static string OfferShort(string? code, IReadOnlyList<string> arguments)
    {
        var first = arguments.Count > 0 ? arguments[0] : "";
        return code switch
        {
            RecommendationReason.Pinned => RecommendationsWords.ReasonPinned,
            RecommendationReason.Rhythm => Words.OfferDueAgain,
            RecommendationReason.BoughtBefore => Words.OfferBoughtBefore,
            RecommendationReason.BecauseBought or RecommendationReason.SimilarTo or RecommendationReason.BoughtTogether when first.Length > 0 => Say.With(Words.OfferBecause, ("name", first)),
            RecommendationReason.Viewed => Words.OfferViewed,
            RecommendationReason.Popular => Words.OfferSegment,
            RecommendationReason.Trending => Words.OfferTrending,
            RecommendationReason.TrendingInCategory => first.Length > 0 ? Say.With(Words.OfferCategory, ("name", first)) : Words.OfferTrending,
            RecommendationReason.BestSeller => Words.OfferPopular,
            RecommendationReason.NewItem => Words.OfferNew,
            _ => Words.OfferTaste,
        };
    }
}
