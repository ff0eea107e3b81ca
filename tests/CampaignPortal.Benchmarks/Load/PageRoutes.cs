using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Routing.Template;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>A page under one or more addresses that should cost the same.</summary>
/// <param name="Name">The route, with what the address asks for.</param>
internal sealed record MeasuredPage(string Name, IReadOnlyList<string> Addresses);

/// <summary>Finds every page of the portal: routes from the program, their parameters and tabs from the links of the pages themselves.</summary>
internal sealed partial class PageRoutes
{
    private const int AddressLimit = 20, VariantLimit = 8;

    private readonly IReadOnlyList<(string Template, TemplateMatcher Matcher)> _routes;
    private readonly Dictionary<string, Dictionary<string, List<string>>> _found = new(StringComparer.Ordinal);

    public PageRoutes() => _routes =
    [
        .. typeof(Web.Components.Routes).Assembly.GetTypes().SelectMany(t => t.GetCustomAttributes<RouteAttribute>())
            .Select(r => r.Template).Where(t => !t.Contains('*', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)
            .OrderBy(t => t.Contains('{', StringComparison.Ordinal)).ThenBy(t => t, StringComparer.Ordinal) // "/data/imports/new" before "/data/imports/{id}"
            .Select(t => (t, new TemplateMatcher(TemplateParser.Parse(t), []))),
    ];

    /// <summary>Routes for which no page linked to an address.</summary>
    public IReadOnlyList<string> Unreached => [.. _routes.Select(r => r.Template).Where(t => !_found.ContainsKey(t))];

    /// <summary>Follows links from the pages without parameters, two steps deep.</summary>
    public async Task<IReadOnlyList<MeasuredPage>> FindAsync(Func<string, Task<PageAnswer>> get)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (template, _) in _routes.Where(r => !r.Template.Contains('{', StringComparison.Ordinal))) Take(template);
        for (var step = 0; step < 2; step++)
        {
            foreach (var address in _found.Values.SelectMany(v => v.Values).Select(a => a[0]).Where(seen.Add).ToArray())
            {
                var answer = await get(address);
                if (answer.Status is not HttpStatusCode.OK) continue;
                foreach (Match link in LinkPattern().Matches(answer.Html)) Take(WebUtility.HtmlDecode(link.Groups["address"].Value));
            }
        }
        return [.. _found.SelectMany(route => route.Value.Select(variant => new MeasuredPage(route.Key + variant.Key, variant.Value)))];
    }

    private void Take(string address)
    {
        address = address.Split('#')[0];
        var (path, query) = address.Split('?') is [var p, var q] ? (p, "?" + q) : (address, "");
        if (query.Contains("after=", StringComparison.Ordinal) || query.Contains("returnUrl=", StringComparison.OrdinalIgnoreCase)) return; // a page of a list; those are asked for by themselves
        var template = _routes.FirstOrDefault(r => r.Matcher.TryMatch(path, [])).Template;
        if (template is null) return;
        if (!_found.TryGetValue(template, out var variants)) _found[template] = variants = new(StringComparer.Ordinal);
        if (!variants.TryGetValue(query, out var addresses))
        {
            if (variants.Count >= VariantLimit) return;
            variants[query] = addresses = [];
        }
        if (addresses.Count < AddressLimit && !addresses.Contains(address)) addresses.Add(address);
    }

    [GeneratedRegex("<a[^>]* href=\"(?<address>/[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkPattern();
}
