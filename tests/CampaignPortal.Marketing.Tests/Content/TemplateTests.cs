using System.Globalization;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Tests.Content;

public sealed class TemplateTests
{
    private static readonly TemplateCulture English = new(CultureInfo.GetCultureInfo("en-GB"), "EUR", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private static readonly TemplateCulture Chinese = English with { Culture = CultureInfo.GetCultureInfo("zh-CN"), Currency = "CNY" };

    [Theory]
    [InlineData("Hello {{customer.first_name}}", "Hello Lena")]
    [InlineData("Hello {{ customer.first_name }}!", "Hello Lena!")]
    [InlineData("{{customer.name}}", "Lena &lt;b&gt; &amp; Co")]
    [InlineData("\\{{not a tag}}", "{{not a tag}}")]
    [InlineData("a{{! nothing }}b{{!-- {{not}} --}}c", "abc")]
    [InlineData("a {{~customer.first_name~}} b", "aLenab")]
    [InlineData("{{#if customer.vip}}VIP{{else}}guest{{/if}}", "VIP")]
    [InlineData("{{#if none}}a{{else if (gt orders.count 5)}}many{{else if (gt orders.count 2)}}some{{else}}few{{/if}}", "some")]
    [InlineData("{{#unless none}}yes{{/unless}}", "yes")]
    [InlineData("{{#each items}}{{@number}}:{{name}}{{#unless @last}}, {{/unless}}{{/each}}", "1:Tea, 2:Cup")]
    [InlineData("{{#each none}}x{{else}}nothing{{/each}}", "nothing")]
    [InlineData("{{#each items}}{{customer.first_name}} {{/each}}", "Lena Lena ")]
    [InlineData("{{#each words}}{{this}}.{{/each}}", "one.two.")]
    [InlineData("{{#with items_first}}{{name}}{{/with}}", "Tea")]
    [InlineData("{{default customer.nick \"there\"}}", "there")]
    [InlineData("{{upper (default customer.nick customer.first_name)}}", "LENA")]
    [InlineData("{{capitalise 'élan'}}", "Élan")]
    [InlineData("{{truncate 'abcdef' 3}}", "abc…")]
    [InlineData("{{money orders.total}}", "€1,234.50")]
    [InlineData("{{money orders.total 'USD'}}", "$1,234.50")]
    [InlineData("{{number orders.total 1}}", "1,234.5")]
    [InlineData("{{percent scores.purchase}}", "42%")]
    [InlineData("{{date orders.last}}", "1 November 2026")]
    [InlineData("{{date orders.last 'weekday'}}", "Sunday")]
    [InlineData("{{days_since orders.last}}", "22")]
    [InlineData("{{orders.count}} {{plural orders.count 'order' 'orders'}}", "3 orders")]
    [InlineData("{{#if (and customer.vip (eq customer.city 'berlin'))}}yes{{/if}}", "yes")]
    [InlineData("{{#if (contains words 'two')}}yes{{/if}}", "yes")]
    [InlineData("{{join words ' & '}}", "one &amp; two")]
    [InlineData("{{#recommendations 'for-you' 1}}{{name}}{{else}}none{{/recommendations}}", "Kettle")]
    [InlineData("{{#recommendations 'buy-again'}}{{name}}{{else}}none{{/recommendations}}", "none")]
    public void Renders(string source, string expected) => Assert.Equal(expected, Render(source));

    [Fact]
    public void A_line_with_only_a_block_tag_leaves_no_empty_line() =>
        Assert.Equal("a\nb\nc", Render("a\n{{#if customer.vip}}\nb\n{{/if}}\nc"));

    [Theory]
    [InlineData("{{date orders.last 'day'}}", "11月1日")]
    [InlineData("{{money orders.total}}", "¥1,234.50")]
    [InlineData("{{plural one 'x' '件'}}", "件")]
    public void Chinese_messages_follow_their_own_forms(string source, string expected) => Assert.Equal(expected, Render(source, culture: Chinese));

    [Theory]
    [InlineData("{{truncate '👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦' 1}}", "👨‍👩‍👧‍👦…")]
    [InlineData("{{truncate 'e\u0301e\u0301e\u0301' 2}}", "e\u0301e\u0301…")]
    public void Truncating_never_cuts_what_readers_see_as_one_character(string source, string expected) => Assert.Equal(expected, Render(source));

    [Theory]
    [InlineData("x\n  {{customer.first_name", 2, 3, TemplateCodes.Unclosed)]
    [InlineData("{{}}", 1, 1, TemplateCodes.Empty)]
    [InlineData("{{{customer.name}}}", 1, 1, TemplateCodes.RawOutput)]
    [InlineData("{{&customer.name}}", 1, 3, TemplateCodes.RawOutput)]
    [InlineData("{{> footer}}", 1, 3, TemplateCodes.Partial)]
    [InlineData("{{../x}}", 1, 3, TemplateCodes.ParentPath)]
    [InlineData("{{#each items}}{{../x}}{{/each}}", 1, 18, TemplateCodes.ParentPath)]
    [InlineData("{{shout customer.name}}", 1, 3, TemplateCodes.UnknownHelper)]
    [InlineData("{{#twice}}x{{/twice}}", 1, 4, TemplateCodes.UnknownHelper)]
    [InlineData("{{default customer.name}}", 1, 3, TemplateCodes.Arguments)]
    [InlineData("{{#if customer.vip}}x", 1, 1, TemplateCodes.NotClosed)]
    [InlineData("{{#if customer.vip}}x{{/each}}", 1, 25, TemplateCodes.WrongClose)]
    [InlineData("x{{/if}}", 1, 5, TemplateCodes.WrongClose)]
    [InlineData("{{else}}", 1, 3, TemplateCodes.UnexpectedElse)]
    [InlineData("{{#if (gt a 1}}x{{/if}}", 1, 7, TemplateCodes.Syntax)]
    [InlineData("{{customer.name \"x}}", 1, 1, TemplateCodes.Unclosed)]
    [InlineData("{{#recommendations 'magic'}}{{/recommendations}}", 1, 4, TemplateCodes.UnknownStrategy)]
    public void A_mistake_is_named_with_its_place(string source, int line, int column, string code)
    {
        var problem = TemplateEngine.Compile(source).Problems[0];
        Assert.Equal((line, column, code), (problem.Line, problem.Column, problem.Code));
    }

    [Fact]
    public void Several_mistakes_are_found_at_once() =>
        Assert.Equal([TemplateCodes.UnknownHelper, TemplateCodes.Empty], TemplateEngine.Compile("{{shout x}} and {{}}").Problems.Select(p => p.Code));

    [Theory]
    [InlineData("{{customer.nick}}", "customer.nick")]
    [InlineData("{{upper customer.nick}}", "customer.nick")]
    [InlineData("{{money customer.nick}}", "customer.nick")]
    [InlineData("{{default customer.nick ''}}", null)]
    [InlineData("{{optional customer.nick}}", null)]
    [InlineData("{{#if customer.nick}}{{customer.nick}}{{/if}}", null)]
    [InlineData("{{customer.blank}}", "customer.blank")]
    public void A_missing_value_without_a_default_is_named(string source, string? field) =>
        Assert.Equal(field, TemplateEngine.Compile(source).Template!.Render(Data(), English).MissingField);

    [Fact]
    public void Fields_are_listed_with_what_answers_for_a_missing_value()
    {
        var fields = TemplateEngine.Compile("{{a}} {{default b 'x'}} {{#if c}}{{c}}{{/if}} {{#each list}}{{d}}{{/each}}").Template!.Fields;
        Assert.Equal(["a", "b", "c", "c", "list", "d"], fields.Select(f => f.Path));
        Assert.Equal([false, true, true, true, true, false], fields.Select(f => f.HasFallback));
        Assert.Equal(["list[].d", "d"], fields[^1].Candidates);
    }

    [Fact]
    public void A_header_stays_one_line_without_control_characters()
    {
        var template = TemplateEngine.Compile("Hi {{name}}", TemplateOutput.Header).Template!;
        var values = new TemplateMap { ["name"] = TemplateValue.Of("Eve\r\nBcc: all@example.com\0\u202e\t<x>") };
        Assert.Equal("Hi Eve  Bcc: all@example.com <x>", template.Render(values, English).Text);
    }

    private static string? Render(string source, TemplateCulture? culture = null)
    {
        var result = TemplateEngine.Compile(source);
        Assert.Empty(result.Problems);
        return result.Template!.Render(Data(), culture ?? English).Text; // no problems: there is one
    }

    private static TemplateMap Data()
    {
        var (tea, cup) = (new TemplateMap { ["name"] = TemplateValue.Of("Tea") }, new TemplateMap { ["name"] = TemplateValue.Of("Cup") });
        return new TemplateMap
        {
            ["customer"] = TemplateValue.Of(new TemplateMap
            {
                ["first_name"] = TemplateValue.Of("Lena"), ["name"] = TemplateValue.Of("Lena <b> & Co"), ["vip"] = TemplateValue.Of(true), ["city"] = TemplateValue.Of("Berlin"), ["blank"] = TemplateValue.Of(""),
            }),
            ["orders"] = TemplateValue.Of(new TemplateMap
            {
                ["count"] = TemplateValue.Of(3m), ["total"] = TemplateValue.Of(1234.5m), ["last"] = TemplateValue.Of(new DateTimeOffset(2026, 10, 31, 23, 30, 0, TimeSpan.Zero)),
            }),
            ["scores"] = TemplateValue.Of(new TemplateMap { ["purchase"] = TemplateValue.Of(0.42m) }),
            ["one"] = TemplateValue.Of(1m),
            ["words"] = TemplateValue.Of([TemplateValue.Of("one"), TemplateValue.Of("two")]),
            ["items"] = TemplateValue.Of([TemplateValue.Of(tea), TemplateValue.Of(cup)]),
            ["items_first"] = TemplateValue.Of(tea),
            ["recommendations"] = TemplateValue.Of(new TemplateMap
            {
                ["for-you"] = TemplateValue.Of([TemplateValue.Of(new TemplateMap { ["name"] = TemplateValue.Of("Kettle") }), TemplateValue.Of(tea)]),
            }),
        };
    }
}
