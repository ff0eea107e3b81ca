using System.Globalization;
using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Web.Identity;

/// <summary>Opens Identity's managers for one operation: those of a circuit would live for hours and answer with what they read first.</summary>
public sealed class UserAccounts(IServiceScopeFactory scopes)
{
    public Session Open() => new(scopes.CreateAsyncScope());

    public async Task<bool> PasswordMatchesAsync(long userId, string password)
    {
        await using var session = Open();
        return await session.FindAsync(userId) is { IsDisabled: false } user && password.Length <= PasswordRules.MaxLength && await session.Users.CheckPasswordAsync(user, password);
    }

    public sealed class Session(AsyncServiceScope scope) : IAsyncDisposable
    {
        public UserManager<PortalUser> Users { get; } = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();

        public Task<PortalUser?> FindAsync(long userId) => Users.FindByIdAsync(userId.ToString(CultureInfo.InvariantCulture));

        public Task SetRoleAsync(PortalUser user, string role) => Users.SetRoleAsync(scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole<long>>>(), user, role);

        public ValueTask DisposeAsync() => scope.DisposeAsync();
    }
}

public static class RoleAssignment
{
    /// <summary>Gives the person this role and no other.</summary>
    public static async Task SetRoleAsync(this UserManager<PortalUser> users, RoleManager<IdentityRole<long>> roles, PortalUser user, string role)
    {
        if (!await roles.RoleExistsAsync(role)) await roles.CreateAsync(new IdentityRole<long>(role));
        await users.RemoveFromRolesAsync(user, (await users.GetRolesAsync(user)).Where(r => r != role));
        if (!await users.IsInRoleAsync(user, role)) await users.AddToRoleAsync(user, role);
    }
}
