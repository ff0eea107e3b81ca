using System.Text.RegularExpressions;

namespace CampaignPortal.Marketing.Content.Checks;

/// <summary>Words of a subject for which filters of mail providers take points off. A list of our own: short, because each alone says little, and no word that honest shops cannot do without.</summary>
public static partial class SpamWords
{
    private static readonly string[] English =
    [
        "100% free", "absolutely free", "act now", "apply now", "as seen on", "be your own boss", "cash bonus", "cheap", "click here", "congratulations", "do it today", "double your", "earn cash", "earn extra cash", "earn money",
        "extra income", "fast cash", "final notice", "free gift", "free money", "get paid", "guaranteed", "incredible deal", "lose weight", "make money", "million dollars", "miracle", "money back", "no catch", "no cost",
        "no obligation", "no questions asked", "no strings attached", "once in a lifetime", "order now", "prize", "risk-free", "risk free", "this is not spam", "urgent", "while supplies last", "winner", "you have been selected",
    ];

    private static readonly string[] Chinese =
    [
        "免费领取", "点击领取", "立即抢购", "马上抢购", "中奖", "大奖", "恭喜您", "恭喜你", "赚钱", "兼职", "日赚", "稳赚", "零风险", "无风险", "百分百", "内部价", "跳楼价", "清仓甩卖", "绝对优惠", "贷款", "发票", "返利", "秒到账", "最后机会", "加微信", "非垃圾邮件",
    ];

    private static readonly Regex Words = new(
        "(?<![\\p{L}\\p{N}])(" + string.Join('|', English.Select(Regex.Escape)) + ")(?![\\p{L}\\p{N}])|" + string.Join('|', Chinese.Select(Regex.Escape)), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled, TimeSpan.FromSeconds(1));

    /// <summary>Those that stand in it, as they are written there, each once.</summary>
    public static IReadOnlyList<string> In(string subject) => [.. Words.Matches(Values().Replace(subject, " ")).Select(m => m.Value).Distinct(StringComparer.OrdinalIgnoreCase)];

    // A value is filled with a person's data, its name is not read by anybody.
    [GeneratedRegex(@"\{\{[^{}]*\}\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Values();
}
