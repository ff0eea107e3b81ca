using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Tests.Content;

/// <summary>Content and people for tests of messages.</summary>
internal static class SampleMessages
{
    public static MessageContent Content { get; } = new()
    {
        Subject = "{{default customer.first_name \"there\"}}, the sage linen is back",
        Preheader = "Your size is in stock.",
        Body = """
            # {{default customer.first_name "There"}}, the sage linen is back

            Washed linen that softens with every **night**.

            [See the linen range](https://shop.example.com/linen?size=200#top "button")

            {{#if orders.count}}
            You ordered {{orders.count}} times.
            {{/if}}

            {{recommendations "for-you" 3}}
            """,
        SenderName = "Fern & Hearth",
        Tags = new LinkTags("campaignportal", "email", "linen"),
    };

    public static RenderData Person(string? firstName = "Lena", int products = 3) => new(1, "c-1", new TemplateMap
    {
        ["customer"] = TemplateValue.Of(new TemplateMap { ["first_name"] = TemplateValue.Of(firstName) }),
        ["orders"] = TemplateValue.Of(new TemplateMap { ["count"] = TemplateValue.Of(4m) }),
        ["shop"] = TemplateValue.Of(new TemplateMap { ["name"] = TemplateValue.Of("Fern & Hearth"), ["postal_address"] = TemplateValue.Of("Mill Lane 1, Bristol") }),
        ["recommendations"] = TemplateValue.Of(new TemplateMap { ["for-you"] = TemplateValue.Of([.. Enumerable.Range(1, products).Select(Product)]) }),
    })
    {
        Email = "lena@example.com", Now = Testing.ManualClock.Noon,
    };

    private static TemplateValue Product(int number) => TemplateValue.Of(new TemplateMap
    {
        ["name"] = TemplateValue.Of($"Product <{number}>"), ["price"] = TemplateValue.Of(10m * number), ["currency"] = TemplateValue.Of("EUR"),
        ["url"] = TemplateValue.Of($"https://shop.example.com/p/{number}"), ["image"] = TemplateValue.Of($"https://shop.example.com/p/{number}.jpg"), ["reason"] = TemplateValue.Of("Because you bought tea"),
    });
}

/// <summary>Links that show what they were asked for.</summary>
internal sealed class NumberedLinks : IMessageLinks
{
    public List<(string Url, int Index)> Clicks { get; } = [];

    public string Click(string url, int index)
    {
        Clicks.Add((url, index));
        return $"https://t.example/c/{index}";
    }

    public string Open() => "https://t.example/o.gif";

    public string Unsubscribe() => "https://t.example/u";

    public string ViewInBrowser() => "https://t.example/v";
}
