using System.Net;

namespace CampaignPortal.Web.Demo;

/// <summary>Tells a visitor at this machine from one who comes over the network.</summary>
internal static class ThisMachine
{
    /// <summary>
    /// Whether the request comes from this machine, without anybody in between, and calls it by one of its own names: a page of somebody
    /// else whose name leads here (DNS rebinding) must not read the answer.
    /// </summary>
    public static bool Asks(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded")
        && (http.Request.Host.Host is "localhost" || (IPAddress.TryParse(http.Request.Host.Host.Trim('[', ']'), out var name) && IPAddress.IsLoopback(name)));
}
