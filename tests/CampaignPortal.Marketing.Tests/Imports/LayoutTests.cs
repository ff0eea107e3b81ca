using System.Text;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Presets;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Imports;

/// <summary>Files as shops and mailing tools export them are recognised by their headers.</summary>
public partial class LayoutTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Shopify customers", "shopify-customers", "customer_id,email,first_name,last_name,phone,city,country,consent_email,consent_sms")]
    [InlineData("Shopify orders", "shopify-orders", "order_id,email,occurred_at,status,currency,item_id,item_name,quantity,unit_price,discount,refunded")]
    [InlineData("Shopify products", "shopify-products", "handle,item_id,item_name,description,category,unit_price,stock,image_url")]
    [InlineData("Mailchimp audience", "mailchimp", "email,first_name,last_name,phone,updated_at")]
    [InlineData("Klaviyo", "klaviyo-profiles", "email,first_name,last_name,phone,consent_email,consent_sms,city,country")]
    public void Headers_of_known_exports_need_no_manual_mapping(string section, string preset, string fields)
    {
        var text = File.ReadAllText(SharedData.PathOrSkip("data/export-layouts/README.md"));
        var body = text[text.IndexOf("## " + section, StringComparison.Ordinal)..];
        var header = Regex.Replace(HeaderLine().Match(body).Groups["columns"].Value, @"<[^>]*>,|,?[^,]*\.\.\.,?", ",").Trim(',');
        var columns = header.Split(',');
        var preview = FileProbe.Look(ImportSource.FromBytes("export.csv", Encoding.UTF8.GetBytes(header + "\n" + new string(',', columns.Length - 1) + "\n")), new FormatOverride(HasHeader: true)).Value;

        Assert.Equal(preset, ImportPresets.Suggest(preview)?.Name);
        var suggested = FieldSuggestions.For(preview, ImportPresets.Find(preset)!.Fields);
        Assert.Empty(fields.Split(',').Except(suggested.Select(s => s.Field)));
        Assert.DoesNotContain(suggested, s => s.Column is "Shipping" or "Subtotal" or "Taxes");
    }

    [Fact]
    public async Task Orders_group_their_lines_count_totals_once_and_know_refunds_and_voids()
    {
        await using var store = await TestStore.OpenAsync();
        const string Text = "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Refunded Amount,Lineitem discount,Notes\n"
            + "#1001,Ann@example.org,partially_refunded,EUR,30.00,2025-05-01 09:59:00 +0200,2,Lamp,10.00,L-1,5.00,0,\"two\nlines\"\n"
            + "#1001,,,,,,1,Rug,12.00,R-1,,2.00,\n"
            + "#1002,,paid,EUR,9,2025-05-02 10:00:00 +0200,1,Cup,9,,0,0,\n"
            + "#1003,bo@example.org,voided,EUR,9,2025-05-03 10:00:00 +0200,1,Cup,9,C-1,0,0,\n";
        var report = (await ImportTesting.RunAsync(store, "shopify-orders", Text, null, Ct)).Value;
        Assert.Equal((4L, 3L, 1L, 2L), (report.Rows, report.Accepted, report.Dropped, report.Orders));
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        var order = await db.Orders.SingleAsync(o => o.OrderId == "1001", Ct);
        Assert.Equal((30m, 5m, 2), (order.Amount, order.ReturnedAmount, order.LineCount));
        Assert.Equal(new DateTimeOffset(2025, 5, 1, 7, 59, 0, TimeSpan.Zero), order.PlacedAt);
        Assert.Equal(order.CustomerId, Assert.Single(store.Get<ContactVault>().FindByEmail("ann@example.org")));
        Assert.Null((await db.Orders.SingleAsync(o => o.OrderId == "1002", Ct)).CustomerId);
    }

    [Fact]
    public async Task Whoever_unsubscribed_elsewhere_stays_unsubscribed_and_a_list_alone_is_no_consent()
    {
        await using var store = await TestStore.OpenAsync();
        const string Text = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,LAST_CHANGED,LEID,UNSUB_TIME,TAGS\n"
            + "ann@example.org,Ann,3,2024-01-01 10:00:00,2025-01-01 10:00:00,1,2025-01-01 10:00:00,\"\"\"VIP\"\",\"\"Blog\"\"\"\nbo@example.org,Bo,2,2024-01-01 10:00:00,2024-01-01 10:00:00,2,,\n";
        var report = (await ImportTesting.RunAsync(store, "mailchimp", Text, null, Ct, new ConsentStatement("export", "consent"))).Value;
        Assert.Equal(2, report.New);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        Assert.False((await db.Consents.SingleAsync(Ct)).IsGranted);
    }

    [Fact]
    public async Task Products_are_their_variants_and_pictures_are_left_out()
    {
        await using var store = await TestStore.OpenAsync();
        const string Text = "Handle,Title,Body (HTML),Type,Published,Variant SKU,Variant Price,Variant Inventory Qty,Image Src\n"
            + "lamp,Lamp,Bright,Light,true,L-1,10,3,https://example.org/a.png\nlamp,,,,,L-2,12,-1,\nlamp,,,,,,,,https://example.org/b.png\nrug,Rug,,Floor,false,,99,,\n";
        var report = (await ImportTesting.RunAsync(store, "shopify-products", Text, null, Ct)).Value;
        Assert.Equal((4L, 3L, 1L), (report.Rows, report.Accepted, report.Dropped));
        await using var db = await store.ContextAsync();
        var items = await db.Items.OrderBy(i => i.ExternalId).ToListAsync(Ct);
        Assert.Equal([("L-1", "Lamp", 10m, true), ("L-2", "Lamp", 12m, true), ("rug", "Rug", 99m, false)], items.Select(i => (i.ExternalId, i.Name!, i.Price!.Value, i.IsOffered)));
    }

    [Theory]
    [InlineData("030 123456", "DE", "+4930123456")]
    [InlineData("0049 30 123456", null, "+4930123456")]
    [InlineData("+44 (0)20 7946 0018", "DE", "+442079460018")]
    [InlineData("(212) 555-0123", "US", "+12125550123")]
    [InlineData("06 1234 5678", "IT", "+390612345678")]
    [InlineData("138 0013 8000", "CN", "+8613800138000")]
    [InlineData("030 123456", null, null)]
    [InlineData("12", "DE", null)]
    public void Phone_numbers_become_e164_or_stay_what_they_are(string written, string? country, string? expected) => Assert.Equal(expected, ContactForms.Phone(written, country));

    [GeneratedRegex(@"`(?<columns>[^`]*,[^`]*,[^`]*,[^`]*)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HeaderLine();
}
