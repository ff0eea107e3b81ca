using System.Net;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Tells hosts that only this machine knows from those that customers may reach.</summary>
public static class PublicHost
{
    /// <summary>Whether the name or address means the machine itself, wherever it is read: loopback, unspecified, <c>localhost</c> and what stands below it.</summary>
    public static bool IsLocal(string host)
    {
        var name = host.Trim('[', ']', '.');
        if (IPAddress.TryParse(name, out var address)) return IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        return name.Length is 0 || IsOrBelow(name, "localhost") || IsOrBelow(name, "localdomain");
    }

    private static bool IsOrBelow(string name, string domain) =>
        name.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (name.Length == domain.Length || name[^(domain.Length + 1)] is '.');
}
