using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Tests.Content;

public sealed class MessageComposerTests
{
    [Fact]
    public async Task A_message_is_rendered_with_counted_links_a_footer_and_a_plain_text()
    {
        var links = new NumberedLinks();
        var message = await RenderAsync(SampleMessages.Content, links: links);
        Assert.Equal("Lena, the sage linen is back", message.Subject);
        Assert.Equal("Fern & Hearth", message.SenderName);
        var html = Parse(message.Html);
        Assert.Equal("en", html.DocumentElement.GetAttribute("lang"));
        Assert.Equal("Lena, the sage linen is back", html.Title);
        Assert.Contains("Lena, the sage linen is back", html.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("https://t.example/u", html.QuerySelectorAll("a").Single(a => a.TextContent is "Unsubscribe").GetAttribute("href"));
        Assert.Contains("Mill Lane 1, Bristol", html.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal("https://t.example/o.gif", html.QuerySelectorAll("img")[^1].GetAttribute("src"));
        Assert.Equal(("https://shop.example.com/linen?size=200&utm_source=campaignportal&utm_medium=email&utm_campaign=linen#top", 0), links.Clicks[0]);
        Assert.Equal(["Product <1>", "Product <2>", "Product <3>"], html.QuerySelectorAll("td.card div.t:first-of-type").Select(d => d.TextContent.Trim()).Where(t => t.Length > 0));
        Assert.True(message.Html.Length < 102 * 1024);
        Assert.DoesNotContain("\u0001", message.Html + message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plain_text_says_the_same_with_the_same_links()
    {
        var message = await RenderAsync(SampleMessages.Content, links: new NumberedLinks());
        Assert.Equal(
            """
            Lena, the sage linen is back

            Washed linen that softens with every night.

            See the linen range: https://t.example/c/0

            You ordered 4 times.

            - Product <1>, €10.00: https://t.example/c/1
            - Product <2>, €20.00: https://t.example/c/1
            - Product <3>, €30.00: https://t.example/c/1

            --
            You get this e-mail because you asked for news from Fern & Hearth.
            Mill Lane 1, Bristol
            Unsubscribe: https://t.example/u
            View in browser: https://t.example/v

            """.ReplaceLineEndings("\n"), message.Text);
    }

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static async Task<RenderedMessage> RenderAsync(MessageContent content, RenderData? person = null, IMessageLinks? links = null)
    {
        await using var store = await Testing.TestStore.OpenAsync();
        var compiled = store.Get<MessageComposer>().Compile(content);
        Assert.Empty(compiled.Problems);
        return Assert.IsType<RenderedMessage>(compiled.Message!.Render(person ?? SampleMessages.Person(), links ?? PreviewLinks.Instance)); // no problems: there is one
    }
}
