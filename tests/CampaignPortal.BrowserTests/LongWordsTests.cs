namespace CampaignPortal.BrowserTests;

/// <summary>A language whose words are a third longer than English ones breaks no page: the words are stretched in the browser, then measured.</summary>
public sealed class LongWordsTests(BrowserFixture browsers)
{
    private static readonly string[] Paths =
    [
        "/", "/customers", "/customers/1", "/predictions", "/predictions/purchase-30?tab=versions", "/lifetime-value", "/lifetime-value/cohorts", "/insights/rfm", "/insights/cohorts", "/insights/segments", "/insights/funnel",
        "/recommendations", "/recommendations/for-you", "/data", "/data/import", "/data/quality", "/data/attributes", "/data/features", "/jobs", "/jobs/backup", "/settings/general", "/settings/users", "/settings/privacy",
    ];

    // Figures and codes do not grow with the language; a drawing scales its words.
    private const string Stretch = """
        () => {
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const text = texts.currentNode;
            if (text.parentElement.closest("script, style, svg, .mono, .num, [data-row] .tt")) continue;
            text.nodeValue = text.nodeValue.replace(/\p{L}{4,}/gu, (word) => word + word.slice(0, Math.ceil(word.length * 0.35)));
          }
        }
        """;

    private const string FindBroken = """
        () => {
          const broken = [];
          const excess = document.documentElement.scrollWidth - window.innerWidth;
          if (excess > 0) broken.push(`page wider by ${excess}`);
          for (const element of document.querySelectorAll(".app *")) {
            if (element.closest("svg, .vh, .skip, details.menu .sheet") || !element.checkVisibility({ checkVisibilityCSS: true })) continue;
            if (![...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.trim())) continue;
            const style = getComputedStyle(element);
            if (/hidden|clip/.test(style.overflowX) && style.textOverflow !== "ellipsis" && element.scrollWidth > element.clientWidth + 1) broken.push("cut: " + element.textContent.trim());
            const holder = element.closest(".card, .kpis, .side, .topbar, .phead");
            for (let around = element; around && around !== holder; around = around.parentElement) if (/auto|scroll/.test(getComputedStyle(around).overflowX)) { element.scrolls = true; break; }
            if (!holder || element.scrolls || /auto|scroll/.test(getComputedStyle(holder).overflowX)) continue;
            if (element.getBoundingClientRect().right > holder.getBoundingClientRect().right + 1) broken.push("outside: " + element.textContent.trim());
          }
          return broken;
        }
        """;

    [Theory]
    [InlineData(1280), InlineData(390)]
    public async Task Words_a_third_longer_fit_every_main_page(int width)
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, width: width);
        await person.SetUpAsync();
        var broken = new List<string>();
        foreach (var path in Paths)
        {
            await person.GotoAsync(path);
            await person.WaitForContentAsync();
            await person.Page.EvaluateAsync(Stretch);
            broken.AddRange((await person.Page.EvaluateAsync<string[]>(FindBroken)).Select(what => $"{path} {what}"));
        }
        Assert.Empty(broken);
    }
}
