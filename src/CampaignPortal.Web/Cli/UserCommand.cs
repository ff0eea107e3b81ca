using System.CommandLine;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Cli;

/// <summary>Adds people who sign in.</summary>
internal static class UserCommand
{
    public static Command Create() => new("user", "People who sign in.") { Add() };

    private static Command Add()
    {
        Option<string?> data = CommonOptions.Data(), keys = CommonOptions.Keys();
        var json = CommonOptions.Json();
        var email = new Option<string>("--email") { Description = "What the person signs in with.", Required = true };
        var name = new Option<string>("--name") { Description = "Shown beside what the person does.", Required = true };
        var role = new Option<string>("--role") { Description = "One of " + string.Join(", ", Roles.All) + ".", Required = true };
        var command = new Command("add", "Add a user. The password is read from standard input: one line, never an argument that others could see.") { email, name, role, data, keys, json };
        command.SetAction(async (parsed, ct) =>
        {
            var chosen = Roles.All.FirstOrDefault(r => string.Equals(r, parsed.GetRequiredValue(role), StringComparison.OrdinalIgnoreCase)) ?? throw new CommandException($"There is no role '{parsed.GetRequiredValue(role)}'; there are {string.Join(", ", Roles.All)}.");
            var password = await Console.In.ReadLineAsync(ct) is { Length: > 0 } line ? line : throw new CommandException("Write the password as one line to standard input.");
            await using var workspace = await Workspace.OpenAsync(parsed.GetValue(data), parsed.GetValue(keys), "user add", ct, services => services.AddPortalIdentity());
            var id = await AddAsync(workspace, parsed.GetRequiredValue(email).Trim(), parsed.GetRequiredValue(name).Trim(), chosen, password, ct);
            CommonOptions.Print(parsed.GetValue(json), new { id, role = chosen }, user => FormattableString.Invariant($"User {user.id} was added as {user.role}."));
            return 0;
        });
        return command;
    }

    private static async Task<long> AddAsync(Workspace workspace, string email, string name, string role, string password, CancellationToken ct)
    {
        await using var scope = workspace.Get<IServiceScopeFactory>().CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole<long>>>();
        foreach (var missing in Roles.All)
        {
            if (!await roles.RoleExistsAsync(missing)) await roles.CreateAsync(new IdentityRole<long>(missing));
        }
        var user = new PortalUser { UserName = email, Email = email, EmailConfirmed = true, DisplayName = name, CreatedAt = workspace.Get<TimeProvider>().GetUtcNow() };
        var made = await users.CreateAsync(user, password);
        if (!made.Succeeded) throw new CommandException(string.Join(' ', made.Errors.Select(e => e.Description)));
        await users.AddToRoleAsync(user, role);
        await using var db = await workspace.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(ct);
        db.AuditEntries.Add(new AuditEntry { At = user.CreatedAt, Actor = JobStarters.CommandLine, Action = "users.manage add", Target = FormattableString.Invariant($"user {user.Id}"), Detail = role });
        await db.SaveChangesAsync(ct);
        return user.Id;
    }
}
