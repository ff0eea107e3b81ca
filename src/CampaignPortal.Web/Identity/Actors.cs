using System.Security.Claims;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audit;

namespace CampaignPortal.Web.Identity;

/// <summary>Names the signed-in person for the audit log, with the address of the session's last request: an open page has no request of its own.</summary>
public sealed class Actors(SessionStore sessions)
{
    public Actor Of(ClaimsPrincipal user) => new(
        user.ActorName(),
        user.SessionId() is { } session ? sessions.AddressOf(session) : null);
}

public static class RequestAddress
{
    /// <summary>Where the request comes from, without the IPv6 form of an IPv4 address.</summary>
    public static string? Address(this HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;
}
