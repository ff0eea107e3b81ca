using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Access;

public static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddSingleton<ApiKeyStore>()
        .AddSingleton<SessionStore>()
        .AddSingleton<InvitationStore>();
}
