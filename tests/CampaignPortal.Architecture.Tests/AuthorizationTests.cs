using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace CampaignPortal.Architecture.Tests;

/// <summary>Default deny: every page and endpoint says who may use it.</summary>
public sealed class AuthorizationTests
{
    [Fact]
    public async Task Every_endpoint_states_who_may_use_it_and_the_open_ones_are_listed()
    {
        await using var portal = TestPortal.Start();
        var endpoints = portal.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => !IsStaticFile(e)).ToArray();
        Assert.NotEmpty(endpoints);
        var silent = endpoints.Where(e => e.Metadata.GetMetadata<IAuthorizeData>() is null && e.Metadata.GetMetadata<IAllowAnonymous>() is null && e.Metadata.GetMetadata<AuthorizationPolicy>() is null);
        Assert.Empty(silent.Select(e => e.RoutePattern.RawText));
        var open = endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).Distinct();
        Assert.Equal(AnonymousEndpoints.All.Order(), open.Where(path => !AnonymousEndpoints.IsStaticFile(path)).Order());
    }

    // Style sheets, scripts and icons hold nothing of anybody's.
    private static bool IsStaticFile(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.RawText is "{**path:file}" || endpoint.Metadata.Any(m => m.GetType().FullName?.Contains("StaticAsset", StringComparison.Ordinal) is true);
}
