using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Checks;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Content;

/// <summary>The content's part of the pre-flight list.</summary>
public sealed class CheckContentTests : IAsyncLifetime
{
    private static readonly MessageContent Good = new()
    {
        Subject = "The sage linen is back", Preheader = "In your size.", Body = "# Linen\n\nIt is back. [See the linen](https://shop.example.com/linen)",
    };

    private TestStore _store = null!; // opened before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await TestStore.OpenAsync();
        var people = Enumerable.Range(1, 10).Select(i => An.Event($"v-{i}", customer: $"c-{i}"));
        await _store.Log.AppendAsync(new EventBatch("shop", [.. people]) { Contacts = [.. Enumerable.Range(1, 8).Select(i => new ContactDraft($"c-{i}") { Email = $"c{i}@example.com", Name = $"Lena Nr{i}" })] }, Ct);
        await _store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_good_message_has_no_error_and_says_what_is_in_order()
    {
        var findings = await CheckAsync(Good);
        Assert.DoesNotContain(findings, f => f.Blocks);
        var fine = findings.Where(f => f.Level is FindingLevel.Fine).Select(f => f.Code).ToHashSet();
        Assert.All([FindingCodes.SubjectFine, FindingCodes.UnsubscribeFine, FindingCodes.LinksFine, FindingCodes.SizeFine, FindingCodes.ValuesFilled], code => Assert.Contains(code, fine));
    }

    [Fact]
    public async Task Mjml_that_could_not_be_compiled_since_blocks_the_launch()
    {
        var compiled = (Good with { BodyFormat = BodyFormat.Mjml }).WithCompiled("<mjml>1</mjml>", "<p>Linen</p>");
        Assert.DoesNotContain(await CheckAsync(compiled), f => f.Code is FindingCodes.BehindSource);
        Assert.True(Assert.Single(await CheckAsync(compiled with { Mjml = "<mjml>2</mjml>" }), f => f.Code is FindingCodes.BehindSource).Blocks);
    }

    [Fact]
    public async Task Who_sends_and_from_where_stands_in_the_mail_as_it_was_set()
    {
        Assert.Contains(await CheckAsync(Good), f => f.Code is FindingCodes.NoPostalAddress);
        await _store.Get<SettingsHandler>().SaveAsync(
            [
                new SettingChange(KnownSettings.MailPostalAddress, "", "Fern & Hearth\n10115 Berlin"), new SettingChange(KnownSettings.SenderName, "", "Mira of Fern"),
                new SettingChange(KnownSettings.ReplyTo, "", "care@example.com"), new SettingChange(KnownSettings.MailAccent, "#3457d5", "#2f6b4f"), new SettingChange(KnownSettings.MailWebAddress, "", "https://fern.example.com/"),
            ],
            new Actor("1", null), Ct);
        Assert.DoesNotContain(await CheckAsync(Good), f => f.Code is FindingCodes.NoPostalAddress);
        var content = Good with { Body = "# Linen\n\n[See it](/linen)", Layout = MessageLayout.Shop };
        var preview = await _store.Get<PreviewMessageHandler>().HandleAsync(content, new PreviewPerson(1, HardCase.None, null, "c-1"), null, Ct);
        var mail = Assert.IsType<RenderedMessage>(preview.Outcome);
        Assert.Equal(("Mira of Fern", "care@example.com"), (mail.SenderName, mail.ReplyTo));
        Assert.Contains("Fern &amp; Hearth\n10115 Berlin", mail.Html, StringComparison.Ordinal);
        Assert.Contains("10115 Berlin", mail.Text, StringComparison.Ordinal);
        Assert.Contains("background-color:#2f6b4f", mail.Html, StringComparison.Ordinal);
        Assert.Contains("https://fern.example.com/linen", mail.Html, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, ContentPlace, bool> Mistakes => new()
    {
        { nameof(MessageContent.Subject) + "=", FindingCodes.SubjectEmpty, ContentPlace.Subject, true },
        { nameof(MessageContent.Subject) + "=" + new string('x', 58), FindingCodes.SubjectLong, ContentPlace.Subject, false },
        { nameof(MessageContent.Subject) + "=BUY NOW OR NEVER", FindingCodes.SubjectLoud, ContentPlace.Subject, false },
        { nameof(MessageContent.Subject) + "=Hi {{customer.first_nme}}", TemplateCodes.UnknownField, ContentPlace.Subject, true },
        { nameof(MessageContent.Preheader) + "=", FindingCodes.PreheaderEmpty, ContentPlace.Preheader, false },
        { nameof(MessageContent.Body) + "=", FindingCodes.BodyEmpty, ContentPlace.Body, true },
        { nameof(MessageContent.Body) + "={{#if customer.name}}", TemplateCodes.NotClosed, ContentPlace.Body, true },
        { nameof(MessageContent.Body) + "=![](https://shop.example.com/x.jpg)", FindingCodes.NoAltText, ContentPlace.Body, false },
        { nameof(MessageContent.Body) + "=[x](javascript:alert)", FindingCodes.BadLink, ContentPlace.Body, true },
        { nameof(MessageContent.Body) + "=[x](/linen)", FindingCodes.RelativeLink, ContentPlace.Body, true },
        { nameof(MessageContent.Body) + "=[click here](https://shop.example.com)", FindingCodes.LinkText, ContentPlace.Body, false },
        { nameof(MessageContent.Body) + "=# a\n\n### b", FindingCodes.HeadingOrder, ContentPlace.Body, false },
        { nameof(MessageContent.Body) + "={{orders.last_items}}", TemplateCodes.IsAList, ContentPlace.Body, true },
        { nameof(MessageContent.Body) + "=Hello {{customer.first_name}}", FindingCodes.MissingFallback, ContentPlace.Body, true },
        { nameof(MessageContent.Body) + "=Hello {{default customer.first_name \"there\"}}", FindingCodes.FallbackUsed, ContentPlace.Body, false },
        { nameof(MessageContent.Body) + "={{recommendations}}", FindingCodes.ListEmpty, ContentPlace.Body, false },
        { nameof(MessageContent.Body) + "=x <p style=\"color:#bbbbbb\">pale</p>", FindingCodes.Contrast, ContentPlace.Body, false },
        { nameof(MessageContent.Body) + "=x <iframe></iframe>", FindingCodes.Removed, ContentPlace.Body, false },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_found_and_blocks_where_it_must(string change, string code, ContentPlace place, bool blocks)
    {
        var value = change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..];
        var content = change.Split('=')[0] switch
        {
            nameof(MessageContent.Subject) => Good with { Subject = value },
            nameof(MessageContent.Preheader) => Good with { Preheader = value },
            _ => Good with { Body = value },
        };
        var finding = Assert.Single(await CheckAsync(content), f => f.Code == code);
        Assert.Equal((place, blocks), (finding.Place, finding.Blocks));
    }

    [Fact]
    public async Task An_unknown_field_comes_with_its_place_and_the_one_that_was_meant()
    {
        var finding = Assert.Single(await CheckAsync(Good with { Body = "a\n\nb {{customer.frist_name}}" }), f => f.Blocks);
        Assert.Equal((TemplateCodes.UnknownField, 3, 5, "customer.first_name"), (finding.Code, finding.Line, finding.Column, finding.Arguments["guess"]));
    }

    [Fact]
    public async Task A_missing_fallback_counts_the_recipients_without_the_value()
    {
        var finding = Assert.Single(await CheckAsync(Good with { Body = "Hello {{customer.first_name}}" }, [7, 8, 9, 10]), f => f.Blocks);
        Assert.Equal((2L, 0.5), (finding.Arguments["count"], finding.Arguments["share"]));
        Assert.DoesNotContain(await CheckAsync(Good with { Body = "Hello {{customer.first_name}}" }, [1, 2]), f => f.Level is FindingLevel.Error or FindingLevel.Warning && f.Code.StartsWith("missing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MissingValue.Empty, FindingCodes.MissingStaysEmpty)]
    [InlineData(MissingValue.Skip, FindingCodes.MissingSkips)]
    [InlineData(MissingValue.Stop, FindingCodes.MissingStops)]
    public async Task Once_the_author_has_chosen_a_missing_value_only_warns(MissingValue choice, string code) =>
        Assert.Equal(FindingLevel.Warning, Assert.Single(await CheckAsync(Good with { Body = "Hello {{customer.first_name}}", WhenMissing = choice }), f => f.Code == code).Level);

    [Theory]
    [InlineData("<p>x</p>", false)]
    [InlineData("{{#if customer.name}}<a href=\"{{unsubscribe_url}}\">Unsubscribe</a>{{/if}}", false)]
    [InlineData("<p>x <a href=\"{{unsubscribe_url}}\">Unsubscribe</a></p>", true)]
    public async Task A_footer_of_ones_own_needs_the_unsubscribe_link_for_everybody(string body, bool isFine)
    {
        var findings = await CheckAsync(Good with { Body = body, BodyFormat = BodyFormat.Html, HasOwnFooter = true });
        Assert.Equal(!isFine, findings.Any(f => f.Code is FindingCodes.NoUnsubscribe && f.Blocks));
    }

    [Fact]
    public async Task A_message_that_a_mail_provider_would_cut_is_named_with_its_size()
    {
        var finding = Assert.Single(await CheckAsync(Good with { Body = string.Concat(Enumerable.Repeat("Linen is back and it is soft.\n\n", 1_500)) }), f => f.Code is FindingCodes.TooBig);
        Assert.InRange((int)finding.Arguments["size"], 103, 400);
    }

    private Task<IReadOnlyList<ContentFinding>> CheckAsync(MessageContent content, IReadOnlyList<long>? recipients = null) => _store.Get<CheckContentHandler>().HandleAsync(new CheckContent(content, recipients), Ct);
}
