using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>The verb <c>render</c>: how many messages one core fills in a second. Counted in processor time, so that a busy machine gives the same answer.</summary>
internal static class RenderBenchmark
{
    private sealed record Result(int Renders, int Characters, double CompileMs, double RendersPerCoreSecond, double KilobytesPerRender);

    public static Command Create()
    {
        var renders = new Option<int>("--renders") { DefaultValueFactory = _ => 100_000 };
        var command = new Command("render", "Fill a compiled message of about 8 kB for different people") { renders };
        command.SetAction(arguments => Answer.Guarded(() => Run(arguments.GetValue(renders))));
        return command;
    }

    private static Result Run(int renders)
    {
        var source = Source();
        var clock = Stopwatch.StartNew();
        var template = TemplateEngine.Compile(source).Template ?? throw new InvalidDataException("The sample does not compile.");
        var compileMs = clock.Elapsed.TotalMilliseconds;
        var culture = TemplateCulture.Invariant with { Culture = CultureInfo.GetCultureInfo("en-GB") };
        var people = Enumerable.Range(0, 64).Select(Person).ToArray();
        var characters = template.Render(people[0], culture).Text?.Length ?? 0;
        for (var i = 0; i < 5_000; i++) template.Render(people[i % people.Length], culture); // the compiler's second look
        using var process = Process.GetCurrentProcess();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var before = process.TotalProcessorTime;
        for (var i = 0; i < renders; i++) template.Render(people[i % people.Length], culture);
        process.Refresh();
        var seconds = (process.TotalProcessorTime - before).TotalSeconds;
        return new Result(renders, characters, Math.Round(compileMs, 2), Math.Round(renders / seconds), Math.Round((GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)renders / 1024, 1));
    }

    private static string Source()
    {
        var source = new StringBuilder();
        for (var i = 0; i < 60; i++) source.Append("<tr><td style=\"padding:8px 10px;border-bottom:1px solid #e3e5ea;font-size:15px;color:#23272f\">Washed linen that softens with every night.</td></tr>\n");
        return "<h1>{{default customer.first_name \"there\"}}</h1><p>{{#if (gt orders.count 2)}}You ordered {{orders.count}} {{plural orders.count \"time\" \"times\"}}, last on {{date orders.last_at}}.{{else}}Welcome.{{/if}}</p>"
            + "{{#each items}}<p>{{name}}, {{money price}}</p>{{/each}}" + source + "<p>{{shop.name}}</p>";
    }

    private static TemplateMap Person(int number) => new()
    {
        ["customer"] = TemplateValue.Of(new TemplateMap { ["first_name"] = TemplateValue.Of(number % 3 == 0 ? null : $"Lena {number}") }),
        ["orders"] = TemplateValue.Of(new TemplateMap { ["count"] = TemplateValue.Of((decimal)(number % 6)), ["last_at"] = TemplateValue.Of(DateTimeOffset.UnixEpoch.AddDays(number)) }),
        ["shop"] = TemplateValue.Of(new TemplateMap { ["name"] = TemplateValue.Of("Fern & Hearth") }),
        ["items"] = TemplateValue.Of([.. Enumerable.Range(1, 3).Select(i => TemplateValue.Of(new TemplateMap { ["name"] = TemplateValue.Of($"Product {i}"), ["price"] = TemplateValue.Of(9.5m * i) }))]),
    };
}
