using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Simulation.Shop;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Demo;

/// <summary>A small storefront of the sample shop: static HTML that reports visits by the snippet, as the pages of a real shop would.</summary>
internal static class Storefront
{
    public const string Path = "/demo-shop";

    private const int ItemCount = 12;

    /// <summary>The page of a department.</summary>
    public static string AddressOf(Department department) => $"{Path}?department={Uri.EscapeDataString(department.Path)}";

    public static void MapStorefront(this IEndpointRouteBuilder app) => app
        .MapGet(Path, (string? department, string? item, DemoCatalogue catalogue, DemoAccounts accounts, ShopSettingsStore shop) =>
            catalogue.Find() is { } simulator && accounts.ReadSiteKey() is { } key
                ? Results.Text(Page(shop.Read(), Choose(simulator.Catalogue, department, item), department, key, simulator.People[0].Id), "text/html", Encoding.UTF8)
                : Results.NotFound())
        .AllowAnonymous(); // a shop is open to everybody

    // The item that a message leads to stands first.
    private static IEnumerable<ShopItem> Choose(Catalogue catalogue, string? department, string? item) => catalogue.Items
        .Where(i => i.Id == item || department is null || i.Category == department)
        .OrderByDescending(i => i.Id == item).ThenByDescending(i => i.Popularity).ThenBy(i => i.Index * 7 % 37).Take(ItemCount);

    private static string Page(ShopSettings shop, IEnumerable<ShopItem> items, string? department, string siteKey, string customer)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="{PortalCultures.Current.HtmlName}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text(shop.Name)}</title><link rel="stylesheet" href="/assets/portal.css"><link rel="icon" type="image/svg+xml" href="/favicon.svg"></head>
            <body><main class="storefront" data-storefront data-currency="{shop.Currency}">
            <header><h1>{Text(shop.Name)}</h1><span class="sm faint">{Text(DemoWords.StorefrontLead)}</span></header>
            <div class="consent" role="group" data-consent-question><span>{Text(DemoWords.StorefrontConsent)}</span>
            <button type="button" class="btn p sm" data-consent-answer="yes">{Text(DemoWords.StorefrontYes)}</button><button type="button" class="btn sm" data-consent-answer="no">{Text(DemoWords.StorefrontNo)}</button></div>
            """);
        AppendDepartments(page, department);
        page.Append("<div class=\"split\"><ul class=\"goods\">");
        foreach (var item in items) AppendItem(page, item, shop.Currency);
        page.Append("</ul>");
        AppendSide(page, customer);
        page.Append(CultureInfo.InvariantCulture, $"""
            </div></main>
            <script src="/assets/snippet.js" data-key="{Text(siteKey)}" data-consent="ask"></script><script src="/assets/storefront.js"></script></body></html>
            """);
        return page.ToString();
    }

    private static void AppendDepartments(StringBuilder page, string? chosen)
    {
        page.Append(CultureInfo.InvariantCulture, $"<nav aria-label=\"{Text(DemoWords.StorefrontAll)}\"><a class=\"btn sm\" href=\"{Path}\"{Current(chosen is null)}>{Text(DemoWords.StorefrontAll)}</a>");
        foreach (var department in Department.All)
            page.Append(CultureInfo.InvariantCulture, $"<a class=\"btn sm\" href=\"{AddressOf(department)}\"{Current(chosen == department.Path)}>{Text(department.Name)}</a>");
        page.Append("</nav>");
    }

    private static void AppendItem(StringBuilder page, ShopItem item, string currency) => page.Append(CultureInfo.InvariantCulture, $"""
        <li data-item="{item.Id}" data-name="{Text(item.Name)}" data-category="{Text(item.Category)}" data-price="{item.Price}">
        <button type="button" class="look"><img src="{DemoCatalogue.PictureOf(item)}" alt="" loading="lazy" width="200" height="200"><span class="text">{Text(item.Name)}</span></button>
        <div class="foot"><strong class="num">{Text(Figures.Money(item.Price, currency))}</strong><button type="button" class="btn sm" data-cart>{Text(DemoWords.StorefrontCart)}</button></div></li>
        """);

    private static void AppendSide(StringBuilder page, string customer) => page.Append(CultureInfo.InvariantCulture, $"""
        <aside>
        <form class="field" data-identify><label for="customer">{Text(DemoWords.StorefrontCustomer)}</label><input id="customer" name="customer" value="{Text(customer)}" maxlength="64" autocomplete="off">
        <button type="submit" class="btn">{Text(DemoWords.StorefrontSignIn)}</button></form>
        <div><p class="sm" data-basket data-empty="{Text(DemoWords.StorefrontEmptyCart)}">{Text(DemoWords.StorefrontEmptyCart)}</p><button type="button" class="btn p" data-order>{Text(DemoWords.StorefrontOrder)}</button></div>
        <div><h2 class="sm">{Text(DemoWords.StorefrontLog)}</h2><ol class="log" data-log aria-live="polite"></ol></div>
        </aside>
        """);

    private static string Current(bool isChosen) => isChosen ? " aria-current=\"page\"" : "";

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
