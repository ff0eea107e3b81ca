using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Web.Demo;

/// <summary>Somebody who may look round the sample shop.</summary>
public sealed record DemoAccount(string Role, string Name, string Email, string Password);

/// <summary>One account for each role of the sample shop, with random passwords that are shown on this machine alone.</summary>
internal sealed class DemoAccounts(SampleData sample, ApiKeyStore keys, IServiceScopeFactory scopes, IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789"; // without those that are misread
    private const string Domain = "fern-hearth.example";

    private static readonly (string Role, string Name, string Mail)[] People =
    [
        (Roles.Admin, "Mira Koch", "mira"), (Roles.Marketer, "Jan Weber", "jan"), (Roles.Analyst, "Lia Brandt", "lia"), (Roles.Representative, "Tom Adler", "tom"),
    ];

    private IDataProtector Protector => protection.CreateProtector("sample.secrets");

    /// <summary>The accounts; none when the portal holds no sample shop.</summary>
    public IReadOnlyList<DemoAccount> Read() => Open()?.Accounts ?? [];

    /// <summary>The key by which the storefront of the sample shop reports visits.</summary>
    public string? ReadSiteKey() => Open()?.SiteKey;

    /// <summary>Makes the accounts of a new sample shop.</summary>
    public async Task CreateAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole<long>>>();
        var accounts = new List<DemoAccount>();
        foreach (var (role, name, mail) in People)
        {
            var account = new DemoAccount(role, name, AddressOf(mail), NewPassword());
            if (await users.FindByEmailAsync(account.Email) is { } half) await users.DeleteAsync(half); // of a process that died before it kept the password
            var user = new PortalUser { UserName = account.Email, Email = account.Email, EmailConfirmed = true, DisplayName = name, CreatedAt = clock.GetUtcNow() };
            var made = await users.CreateAsync(user, account.Password);
            if (!made.Succeeded) throw new InvalidOperationException("An account of the sample shop could not be made: " + string.Join(' ', made.Errors.Select(e => e.Description)));
            await users.SetRoleAsync(roles, user, role);
            accounts.Add(account);
        }
        var key = await keys.CreateAsync("demo-storefront", [ApiScopes.EventsWrite], lifetime: null, ct);
        await sample.SaveSecretsAsync(Protector.Protect(JsonSerializer.Serialize(new Secrets(accounts, key.Value))), ct);
    }

    /// <summary>The user with a role, as campaigns name their authors.</summary>
    /// <exception cref="InvalidOperationException">The accounts are not made yet.</exception>
    public async Task<string> NumberOfAsync(string role)
    {
        await using var scope = scopes.CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>().FindByEmailAsync(AddressOf(People.First(p => p.Role == role).Mail));
        return user?.Id.ToString(CultureInfo.InvariantCulture) ?? throw new InvalidOperationException("The accounts of the sample shop are not there.");
    }

    private static string AddressOf(string mail) => $"{mail}@{Domain}";

    private Secrets? Open()
    {
        if (sample.ReadSecrets() is not { } text) return null;
        try
        {
            return JsonSerializer.Deserialize<Secrets>(Protector.Unprotect(text));
        }
        catch (CryptographicException)
        {
            return null; // the keys were changed: the accounts work, their passwords are known to nobody
        }
    }

    // 20 letters out of 31 are 99 random bits.
    private static string NewPassword() => string.Join('-', RandomNumberGenerator.GetString(Letters, 20).Chunk(5).Select(part => new string(part)));

    private sealed record Secrets(IReadOnlyList<DemoAccount> Accounts, string SiteKey);
}
