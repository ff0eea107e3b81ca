using System.Reflection;
using CampaignPortal.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.BrowserTests;

/// <summary>Addresses of every page, with something of the sample shop on it.</summary>
internal static class AllPages
{
    /// <summary>What a route needs to show something of the sample shop; routes that only a stranger sees have none.</summary>
    private static readonly Dictionary<string, string[]> Filled = new(StringComparer.Ordinal)
    {
        ["/accept-invitation/{Token}"] = [], ["/set-up"] = [], ["/sign-in"] = [], ["/not-found"] = [], ["/settings"] = [], // the last leads on to another page
        ["/{*path}"] = ["/nowhere"],
        ["/campaigns"] = ["/campaigns", "/campaigns?view=calendar", "/campaigns?view=calendar&month=2001-01"],
        ["/campaigns/{Id:long}"] = [.. new[] { "", "?tab=test", "?tab=recipients", "?tab=content", "?tab=links", "?tab=history" }.Select(tab => "/campaigns/2" + tab)],
        ["/campaigns/{Id:long}/edit"] = ["/campaigns/1/edit"], ["/campaigns/new"] = [], // the last leads on to a draft
        ["/audiences/new"] = ["/audiences/new", "/audiences/new?idea=silent"],
        ["/audiences/{Id:long}"] = ["/audiences/1"],
        ["/customers"] = ["/customers", "/customers?q=nobody-here"],
        ["/customers/{Id:long}"] = ["/customers/1"],
        ["/customers/exports/{RunId:long}"] = ["/customers/exports/1"],
        ["/data/events"] = ["/data/events", "/data/events?tab=live"],
        ["/data/imports/{Id:long}"] = ["/data/imports/1"],
        ["/jobs"] = ["/jobs", "/jobs?tab=history", "/jobs?tab=queue"],
        ["/jobs/runs/{Id:long}"] = ["/jobs/runs/1"],
        ["/jobs/{Name}"] = ["/jobs/backup"],
        ["/settings/outbox/{Id:long}"] = ["/settings/outbox/1"],
        ["/predictions/{Model}"] = ["/predictions/segments", .. new[] { "", "?tab=training", "?tab=inputs", "?tab=fairness", "?tab=versions", "?tab=card" }.Select(tab => "/predictions/purchase-30" + tab)],
        ["/recommendations/{Key}"] = ["/recommendations/for-you"],
    };

    /// <summary>Every page of the program, read from its routes: a new page with a parameter fails here until it is told what to show.</summary>
    public static IEnumerable<string> Addresses() => typeof(NavigationEntry).Assembly.GetTypes()
        .SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => route.Template).Order(StringComparer.Ordinal)
        .SelectMany(route => Filled.TryGetValue(route, out var paths) ? paths : route.Contains('{', StringComparison.Ordinal) ? throw new InvalidOperationException("No address for the route " + route) : [route]);
}
