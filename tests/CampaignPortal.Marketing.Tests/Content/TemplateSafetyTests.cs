using System.Text;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Tests.Content;

/// <summary>What a hostile author or hostile data can try.</summary>
public sealed class TemplateSafetyTests
{
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{{{", "}}}", "{{#if a}}", "{{/if}}", "{{else}}", "{{else if b}}", "{{#each list}}", "{{/each}}", "{{#with a}}", "{{/with}}", "{{a.b}}", "{{this}}", "{{upper a}}", "{{default a \"x\"}}",
        "{{#recommendations}}", "{{/recommendations}}", "{{! c }}", "{{!--", "--}}", "text", "\n", "(", ")", "\"", "'", "~", "\\", "{{@index}}", "{{truncate a 2}}", "{{#unless a}}", "{{/unless}}", "{{(a)}}", "{{ }}", "é👩‍👩‍👧", "\0", "..", "/", "{{#if (eq a", "1e9", "{{-}}", "{{#\u0001link 0 0}}",
    ];

    [Fact, Trait("Promise", "S-27")]
    public void No_random_template_throws_and_every_result_is_bounded()
    {
        var compiled = 0;
        for (long seed = 0; seed < 20_000; seed++)
        {
            var rng = new Rng(seed);
            var source = new StringBuilder();
            for (var i = rng.NextInt(14); i >= 0; i--) source.Append(Pieces[rng.NextInt(Pieces.Length)]);
            var result = TemplateEngine.Compile(source.ToString(), (TemplateOutput)rng.NextInt(3));
            Assert.Equal(result.Template is null, result.Problems.Count > 0);
            Assert.All(result.Problems, p => Assert.True(p.Line >= 1 && p.Column >= 1 && p.Code.Length > 0));
            if (result.Template is null) continue;
            compiled++;
            Assert.InRange(result.Template.Render(Data(), TemplateCulture.Invariant).Text!.Length, 0, TemplateLimits.MaxOutputLength);
        }
        Assert.True(compiled > 500, $"Only {compiled} of the random templates compile: the test has lost its subject.");
    }

    [Theory, Trait("Promise", "S-27")]
    [InlineData("{{constructor}}")]
    [InlineData("{{this.__proto__}}")]
    [InlineData("{{a.GetType.Assembly}}")]
    [InlineData("{{a.Length}}")]
    [InlineData("{{list.Count}}")]
    [InlineData("{{#with a}}{{GetType}}{{/with}}")]
    public void A_path_reaches_no_object(string source) => Assert.Equal("", TemplateEngine.Compile(source).Template!.Render(Data(), TemplateCulture.Invariant).Text);

    [Fact, Trait("Promise", "S-27")]
    public void A_hostile_key_is_a_name_like_any_other()
    {
        var values = new TemplateMap { ["__proto__"] = TemplateValue.Of("plain"), ["constructor"] = TemplateValue.Of("too") };
        Assert.Equal("plain too", TemplateEngine.Compile("{{__proto__}} {{constructor}}").Template!.Render(values, TemplateCulture.Invariant).Text);
    }

    [Fact, Trait("Promise", "S-28")]
    public void A_loop_in_a_loop_in_a_loop_ends()
    {
        const string Bomb = "{{#each list}}{{#each list}}{{#each list}}{{#each list}}x{{/each}}{{/each}}{{/each}}{{/each}}";
        var long100 = TemplateValue.Of([.. Enumerable.Range(0, 100).Select(i => TemplateValue.Of((decimal)i))]);
        var outcome = TemplateEngine.Compile(Bomb).Template!.Render(new TemplateMap { ["list"] = long100 }, TemplateCulture.Invariant);
        Assert.Null(outcome.Text);
        Assert.Contains("10,000", outcome.Limit, StringComparison.Ordinal);
    }

    [Fact, Trait("Promise", "S-28")]
    public void Padding_to_a_gigabyte_stops_at_the_limit()
    {
        var padding = TemplateValue.Of(new string('x', 2_000));
        var list = TemplateValue.Of([.. Enumerable.Repeat(padding, 5_000)]);
        var outcome = TemplateEngine.Compile("{{#each list}}{{this}}{{/each}}").Template!.Render(new TemplateMap { ["list"] = list }, TemplateCulture.Invariant);
        Assert.Null(outcome.Text);
        Assert.Contains("512 KiB", outcome.Limit, StringComparison.Ordinal);
        Assert.Equal("ok", TemplateEngine.Compile("{{a}}").Template!.Render(new TemplateMap { ["a"] = TemplateValue.Of("ok") }, TemplateCulture.Invariant).Text); // the next person is not harmed
    }

    [Fact, Trait("Promise", "S-28")]
    public void Blocks_and_expressions_deeper_than_eight_do_not_compile()
    {
        var blocks = string.Concat(Enumerable.Repeat("{{#if a}}", 9)) + string.Concat(Enumerable.Repeat("{{/if}}", 9));
        Assert.Equal(TemplateCodes.TooDeep, Assert.Single(TemplateEngine.Compile(blocks).Problems).Code);
        Assert.Empty(TemplateEngine.Compile(string.Concat(Enumerable.Repeat("{{#if a}}", 8)) + string.Concat(Enumerable.Repeat("{{/if}}", 8))).Problems);
        var calls = "{{upper " + string.Concat(Enumerable.Repeat("(upper ", 10_000)) + "a" + new string(')', 10_000) + "}}";
        Assert.Contains(TemplateEngine.Compile(calls).Problems, p => p.Code is TemplateCodes.TooDeep);
        Assert.Equal(TemplateCodes.TooLong, Assert.Single(TemplateEngine.Compile(new string('x', TemplateLimits.MaxSourceLength + 1)).Problems).Code);
    }

    [Theory, Trait("Promise", "S-29")]
    [InlineData("{{secrets}}")]
    [InlineData("{{#each list}}x{{/each}}")]
    [InlineData("\\{{a}}")]
    public void Data_that_looks_like_a_template_is_written_as_it_is(string name) =>
        Assert.Equal("Hello " + name, TemplateEngine.Compile("Hello {{a}}", TemplateOutput.PlainText).Template!.Render(new TemplateMap { ["a"] = TemplateValue.Of(name), ["secrets"] = TemplateValue.Of("!") }, TemplateCulture.Invariant).Text);

    private static TemplateMap Data() => new()
    {
        ["a"] = TemplateValue.Of(new TemplateMap { ["b"] = TemplateValue.Of("value") }),
        ["b"] = TemplateValue.Of(false),
        ["list"] = TemplateValue.Of([TemplateValue.Of("x"), TemplateValue.Of(2m)]),
    };
}
