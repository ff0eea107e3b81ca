using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace CampaignPortal.Web.Hosting;

/// <summary>Where the server can be reached from this machine.</summary>
internal static class ServerAddress
{
    /// <summary>Null before it listens, and where a test host listens nowhere.</summary>
    public static string? Find(IServer server) => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
        ?.Replace("//[::]:", "//localhost:", StringComparison.Ordinal).Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal).TrimEnd('/');
}
