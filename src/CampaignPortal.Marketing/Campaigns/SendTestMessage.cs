using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Sends a version to colleagues, filled as one person would get it. It counts nowhere.</summary>
/// <param name="Mask">How the sender's role sees names; null shows them as they are.</param>
public sealed record SendTestMessage(MessageContent Content, PreviewPerson Person, IReadOnlyList<string> Addresses, Func<string?, string?>? Mask);

/// <summary>Only people who sign in to the portal can receive a test (CM-07): a slip of the keyboard must not show a customer's data to a stranger.</summary>
public sealed class SendTestMessageHandler(PreviewMessageHandler previews, SendTestMailHandler mails, IDbContextFactory<PortalDbContext> databases)
{
    /// <summary>Stands before the subject.</summary>
    public const string Mark = "[Test] ";

    /// <summary>Answers how many were taken by the server.</summary>
    public async Task<Result<int>> HandleAsync(SendTestMessage command, Actor actor, CancellationToken ct)
    {
        var allowed = await AllowedAsync(command.Addresses, ct);
        if (command.Addresses.FirstOrDefault(a => !allowed.Contains(a.Trim())) is { } stranger) return Problem.At("address", stranger);
        if ((await previews.HandleAsync(command.Content, command.Person, command.Mask, ct)).Outcome is not RenderedMessage message) return Problem.At("content", "The message cannot be rendered as it is.");
        var taken = 0;
        foreach (var address in command.Addresses)
        {
            var sent = await mails.HandleAsync(new MailContent(address.Trim(), Mark + message.Subject, message.Html, message.Text), actor, ct);
            if (sent.Problem is { } problem) return problem;
            if (sent.Value.Outcome is SendOutcome.Accepted) taken++;
        }
        return taken;
    }

    private async Task<HashSet<string>> AllowedAsync(IReadOnlyList<string> addresses, CancellationToken ct)
    {
        var wanted = addresses.Select(a => a.Trim().ToUpperInvariant()).ToList();
        await using var db = await databases.CreateDbContextAsync(ct);
        return (await db.Users.AsNoTracking().Where(u => u.NormalizedEmail != null && wanted.Contains(u.NormalizedEmail)).Select(u => u.Email!).ToListAsync(ct)).ToHashSet(StringComparer.OrdinalIgnoreCase); // an address with a normal form has one
    }
}
