using System.Globalization;

namespace CampaignPortal.Marketing.Content;

/// <summary>What the portal itself says in a message, in the message's language. Not the words of a page: they are read by customers, in another language than the author's perhaps.</summary>
public sealed record MailWords(string Language, CultureInfo Culture)
{
    public required string WhyYouGetThis { get; init; }
    public required string Unsubscribe { get; init; }
    public required string ViewInBrowser { get; init; }

    private static readonly MailWords English = new("en", CultureInfo.GetCultureInfo("en-GB"))
    {
        WhyYouGetThis = "You get this e-mail because you asked for news from {{shop.name}}.", Unsubscribe = "Unsubscribe", ViewInBrowser = "View in browser",
    };

    private static readonly MailWords Chinese = new("zh-Hans", CultureInfo.GetCultureInfo("zh-CN"))
    {
        WhyYouGetThis = "您收到此邮件，是因为您订阅了 {{shop.name}} 的资讯。", Unsubscribe = "退订", ViewInBrowser = "在浏览器中查看",
    };

    public static MailWords Of(string language) => language.StartsWith("zh", StringComparison.Ordinal) ? Chinese : English;

    /// <summary>Why a product is offered, from the code of the recommendation; null for reasons that only the shop cares about.</summary>
    public string? Reason(string code, IReadOnlyList<string> arguments)
    {
        var name = arguments is [{ Length: > 0 } first, ..] ? first : null;
        var isChinese = Language is "zh-Hans";
        return code switch
        {
            "because-bought" when name is not null => isChinese ? $"因为您购买过 {name}" : $"Because you bought {name}",
            "similar-to" when name is not null => isChinese ? $"与 {name} 相似" : $"Like {name}",
            "rhythm" or "bought-before" => isChinese ? "您曾购买" : "Bought before",
            "trending-in-category" when name is not null => isChinese ? $"{name} 热门" : $"Popular in {name}",
            "trending" or "trending-in-category" => isChinese ? "近期热门" : "Popular right now",
            "best-seller" or "popular-in-segment" => isChinese ? "畅销商品" : "Best seller",
            "new-item" => isChinese ? "新品" : "New",
            "fits-taste" => isChinese ? "为您推荐" : "Picked for you",
            _ => null,
        };
    }
}
