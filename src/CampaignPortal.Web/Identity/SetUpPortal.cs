using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Web.Identity;

/// <summary>The first start: the shop's facts and its first admin.</summary>
public sealed record SetUpPortal(string Code, ShopSettings Shop, string DisplayName, string Email, string Password);

public sealed class SetUpPortalHandler(
    FirstUser firstUser,
    SetUpToken token,
    UserManager<PortalUser> users,
    RoleManager<IdentityRole<long>> roles,
    ShopSettingsStore shop,
    TimeProvider clock,
    ILogger<SetUpPortalHandler> log)
{
    /// <summary>Creates the admin, or says which field is wrong. The code is spent only when everything else is right.</summary>
    public async Task<Result<PortalUser>> HandleAsync(SetUpPortal command, CancellationToken ct)
    {
        if (await firstUser.ExistsAsync(ct)) return Problem.Of(Words.SetUpIsOver);
        if (!token.Matches(command.Code)) return Problem.At(nameof(command.Code), Words.SetUpCodeWrong);

        await shop.SaveAsync(command.Shop, ct); // first, so that the password is compared with the shop's name
        var user = new PortalUser
        {
            UserName = command.Email.Trim(),
            Email = command.Email.Trim(),
            EmailConfirmed = true,
            DisplayName = command.DisplayName.Trim(),
            Language = command.Shop.Language,
            CreatedAt = clock.GetUtcNow(),
        };
        if (await PasswordExplanations.WeaknessAsync(users, user, command.Password) is { } weakness) return Problem.At(nameof(command.Password), weakness);

        if (!token.TryUse(command.Code)) return Problem.Of(Words.SetUpIsOver); // another tab was faster
        foreach (var role in Roles.All)
        {
            if (!await roles.RoleExistsAsync(role)) await roles.CreateAsync(new IdentityRole<long>(role));
        }
        var created = await users.CreateAsync(user, command.Password);
        if (!created.Succeeded) return Problem.At(nameof(command.Email), Words.EmailNotUsable);
        await users.AddToRoleAsync(user, Roles.Admin);
        log.SetUp(user.Id);
        return user;
    }
}
