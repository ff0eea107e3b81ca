using System.Data.Common;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Begins a campaign.</summary>
/// <param name="By">A user's number.</param>
public sealed record CreateCampaign(string By)
{
    public string Name { get; init; } = "";

    public CampaignSettings Settings { get; init; } = new();

    /// <summary>Versions; none begins with an empty one.</summary>
    public IReadOnlyList<MessageContent> Contents { get; init; } = [];

    /// <summary>Shares of the versions; none gives each the same.</summary>
    public IReadOnlyList<double> Weights { get; init; } = [];
}

/// <summary>Adds the draft and answers its number.</summary>
public sealed class CreateCampaignHandler(PortalDatabase database, TimeProvider clock)
{
    public Task<long> HandleAsync(CreateCampaign command, CancellationToken ct) => database.WriteAsync(transaction => Add(transaction, command, clock.GetUtcNow()), ct);

    internal static long Add(DbTransaction transaction, CreateCampaign command, DateTimeOffset now)
    {
        using var insert = transaction.Prepare(
            "insert into \"Campaigns\" (\"Name\", \"State\", \"Version\", \"Settings\", \"CreatedAt\", \"CreatedBy\", \"ChangedAt\", \"ChangedBy\") values (@0, 'Draft', 1, @1, @2, @3, @2, @3) returning \"Id\"", 4);
        var id = insert.RunScalar(command.Name, command.Settings.ToJson(), Stored.Ticks(now), command.By) ?? throw new InvalidOperationException("The insert gave no number.");
        IReadOnlyList<MessageContent> contents = command.Contents.Count > 0 ? command.Contents : [new MessageContent()];
        using var variant = transaction.Prepare("insert into \"CampaignVariants\" (\"CampaignId\", \"Position\", \"Weight\", \"Content\") values (@0, @1, @2, @3)", 4);
        for (var i = 0; i < contents.Count; i++) variant.Run(id, i, i < command.Weights.Count ? command.Weights[i] : 1.0, contents[i].ToJson());
        return id;
    }
}

/// <summary>A copy of a campaign as a new draft, whatever became of the old one.</summary>
public sealed class CopyCampaignHandler(CampaignStore campaigns, CreateCampaignHandler create)
{
    /// <summary>Answers the number of the copy; null when there is no such campaign.</summary>
    public async Task<long?> HandleAsync(long id, string name, string by, CancellationToken ct)
    {
        if (await campaigns.ReadAsync(id, ct) is not { } stored) return null;
        var settings = stored.Draft.Settings with { SendsStaleAudience = false, Schedule = stored.Draft.Settings.Schedule with { Date = null, Until = null, Kind = Scheduling.ScheduleKind.Now } };
        return await create.HandleAsync(new CreateCampaign(by) { Name = name, Settings = settings, Contents = [.. stored.Draft.Variants.Select(v => v.Content)], Weights = [.. stored.Draft.Variants.Select(v => v.Weight)] }, ct);
    }
}
