using System.Text;
using AngleSharp.Html.Parser;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Html;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Tests.Content;

public sealed class SanitizerTests
{
    private static readonly string[] Hostile =
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href=\"javascript:alert(1)\">x</a>", "<a href=\"java\nscript:alert(1)\">x</a>", "<a href=\" &#1; javascript:alert(1)\">x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>", "<a href=\"vbscript:x\">x</a>", "<svg onload=alert(1)><script>alert(1)</script></svg>", "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
        "<base href=\"https://evil.example\">", "<meta http-equiv=refresh content=\"0;url=https://evil.example\">", "<p style=\"width:expression(alert(1))\">x</p>", "<p style=\"background:url(https://evil.example/x)\">x</p>",
        "<p style=\"@import 'x';color:red\">x</p>", "<p style=\"color:\\72 ed\">x</p>", "<style>@import url(x)</style>", "<iframe src=\"https://evil.example\"></iframe>", "<object data=x></object>", "<embed src=x>",
        "<form action=\"https://evil.example\"><input name=p><button>x</button></form>", "<link rel=stylesheet href=x>", "<!--[if IE]><script>alert(1)</script><![endif]-->", "<template><script>x</script></template>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>", "<svg><style><img src=x onerror=alert(1)></style></svg>", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<textarea><img src=x onerror=alert(1)></textarea>", "<xmp><img src=x onerror=alert(1)></xmp>", "<a href=\"//evil.example/x\">x</a>", "<a href=\"https://user:pw@evil.example/\">x</a>", "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">",
        "<details open ontoggle=alert(1)>x</details>", "<a href=\"\u0000javascript:alert(1)\">x</a>", "<div onclick=alert(1) style=\"position:fixed;top:0\">x</div>", "<img srcset=\"https://evil.example/x 2x\">", "<table background=\"javascript:x\"><tr><td>x</td></tr></table>",
    ];

    private static readonly string[] Pieces =
        [.. Hostile, "<div>", "</div>", "<p>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</table>", "<a href=\"https://a.example\">", "</a>", "text", "&lt;", "\"", "'", "<", ">", "<!--", "-->", "]]>", "<![CDATA[", "<ul><li>", "<h1>", "=", "/"];

    [Fact, Trait("Promise", "S-23")]
    public void Nothing_that_runs_or_loads_survives_and_cleaning_twice_is_cleaning_once()
    {
        foreach (var source in Hostile.Concat(Enumerable.Range(0, 3_000).Select(Random)))
        {
            var once = Clean(source);
            Assert.Equal(once, Clean(once));
            foreach (var element in new HtmlParser().ParseDocument(once).Body!.QuerySelectorAll("*")) // a parsed document has one
            {
                Assert.True(AllowedHtml.IsKept(element.LocalName), $"<{element.LocalName}> survived in {source}");
                Assert.DoesNotContain(element.Attributes, a => a.Name.StartsWith("on", StringComparison.Ordinal) || a.Name is "id" or "srcset" or "background" or "name");
                Assert.All(element.Attributes.Where(a => a.Name is "href" or "src"), a => Assert.DoesNotContain("script", a.Value, StringComparison.OrdinalIgnoreCase));
                Assert.All(element.Attributes.Where(a => a.Name is "style"), a => Assert.DoesNotMatch("(?i)url|expression|import|position|\\\\", a.Value));
            }
        }
    }

    [Fact]
    public void Depth_without_end_is_cut_and_takes_no_stack()
    {
        var document = BodyDocument.Of(string.Concat(Enumerable.Repeat("<div>", 20_000)) + "x", BodyFormat.Html);
        Assert.Contains("<div>", document.Removed);
        Assert.NotNull(new TextBodyWriter(document).Write());
        Assert.NotNull(MarkdownBody.ToHtml(new string('>', 20_000) + " x"));
        Assert.NotNull(MarkdownBody.ToHtml(new string('[', 20_000)));
    }

    [Theory]
    [InlineData("<p style=\"COLOR: red; background-image:url(x)\">x</p>", "<p style=\"color:red\">x</p>")]
    [InlineData("<form><p>kept</p></form>", "<p>kept</p>")]
    [InlineData("<font color=red>kept</font>", "kept")]
    [InlineData("<a href=\"https://a.example/\" target=_blank>x</a>", "<a href=\"https://a.example/\">x</a>")]
    [InlineData("<a href=\"tel:+44\">x</a>", "<a href=\"tel:+44\">x</a>")]
    [InlineData("a<!-- note -->b", "ab")]
    public void What_a_message_needs_stays(string source, string expected) => Assert.Equal(expected, Clean(source));

    [Fact]
    public void What_was_taken_away_is_named() =>
        Assert.Equal(["<script>", "href=\"javascript:x\"", "onclick"], BodyDocument.Of("<a href=\"javascript:x\" onclick=x>y</a><script></script>", BodyFormat.Html).Removed);

    private static string Clean(string source) => BodyDocument.Of(source, BodyFormat.Html).Body.InnerHtml;

    private static string Random(int seed)
    {
        var rng = new Rng(seed);
        var source = new StringBuilder();
        for (var i = rng.NextInt(12); i >= 0; i--) source.Append(Pieces[rng.NextInt(Pieces.Length)]);
        return source.ToString();
    }
}
