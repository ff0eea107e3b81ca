using System.Globalization;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Testing;

/// <summary>A draft and a test of two versions that waits for its decision, in the sample shop.</summary>
public static class SampleCampaigns
{
    public const long Draft = 1, Tested = 2;

    /// <summary>Planned by the product itself; what people did is made up.</summary>
    public static async Task FillAsync(IServiceProvider services, DateTimeOffset now)
    {
        var create = services.GetRequiredService<CreateCampaignHandler>();
        var settings = new CampaignSettings { IsAudienceChosen = true, Costs = 120, Margin = 0.4 };
        await create.HandleAsync(new CreateCampaign("1") { Name = "Linen is back", Settings = settings, Contents = [Mail("The sage linen is back")] }, CancellationToken.None);
        var id = await create.HandleAsync(new CreateCampaign("1") { Name = "Winter bedding preview", Settings = settings, Contents = [Mail("Our winter bedding is here"), Mail("Warm nights, soft mornings")] }, CancellationToken.None);
        var run = await BeginAsync(services, id, now);
        await services.GetRequiredService<RunPlanner>().PlanAsync(run, (_, _) => { }, CancellationToken.None);
        await ReactAsync(services, id, now);
        await services.GetRequiredService<ProjectionHost>().CatchUpAsync(CancellationToken.None);
        await services.GetRequiredService<PortalDatabase>().WriteAsync(
            transaction =>
            {
                transaction.Execute("update \"Messages\" set \"State\" = 5 where \"CampaignId\" = @0", id);
                transaction.Execute("update \"Campaigns\" set \"State\" = 'Sending' where \"Id\" = @0", id);
                transaction.Execute("update \"CampaignRuns\" set \"DecideAt\" = @1 where \"CampaignId\" = @0", id, Stored.Ticks(now.AddHours(-1)));
            },
            CancellationToken.None);
    }

    // Paused while it is planned: the portal that runs beside must not take it up as well.
    private static async Task<CampaignRun> BeginAsync(IServiceProvider services, long id, DateTimeOffset now)
    {
        await services.GetRequiredService<PortalDatabase>().WriteAsync(
            transaction =>
            {
                CampaignTransitions.Move(transaction, id, CampaignState.Draft, CampaignState.Sending, "1", null, now.AddHours(-5));
                CampaignTransitions.Move(transaction, id, CampaignState.Sending, CampaignState.Paused, "1", null, now.AddHours(-5));
                transaction.Execute("update \"Campaigns\" set \"LaunchedAt\" = @1 where \"Id\" = @0", id, Stored.Ticks(now.AddHours(-5)));
                transaction.Execute(
                    "insert into \"CampaignRuns\" (\"CampaignId\", \"Occurrence\", \"DueAt\", \"Phase\", \"Funnel\", \"PlannedThrough\", \"PlannedSequence\", \"RolledThrough\") values (@0, 0, @1, 'Planning', @2, 0, 0, 0)",
                    id, Stored.Ticks(now.AddHours(-5)), new ReachFunnel().ToJson());
            },
            CancellationToken.None);
        await using var db = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(CancellationToken.None);
        return await db.CampaignRuns.AsNoTracking().SingleAsync(r => r.CampaignId == id, CancellationToken.None);
    }

    private static async Task ReactAsync(IServiceProvider services, long id, DateTimeOffset now)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(CancellationToken.None);
        var messages = await (from m in db.Messages where m.CampaignId == id join c in db.Customers on m.CustomerId equals c.Id orderby m.Id select new { m.Id, m.VariantId, c.ExternalId }).ToListAsync(CancellationToken.None);
        var events = messages.SelectMany((m, i) => new[] { (KnownEvents.MessageSent, true), (KnownEvents.MessageOpened, i % 2 is 0), (KnownEvents.MessageClicked, i % 4 is 0) }.Where(e => e.Item2).Select(e => new NewEvent
        {
            MessageId = string.Create(CultureInfo.InvariantCulture, $"sample-{e.Item1}-{i}"),
            Type = e.Item1,
            OccurredAt = now.AddHours(-4),
            Customer = m.ExternalId,
            CampaignId = id.ToString(CultureInfo.InvariantCulture),
            VariantId = m.VariantId.ToString(CultureInfo.InvariantCulture),
            Properties = string.Create(CultureInfo.InvariantCulture, $"{{\"message\":{m.Id}}}"),
        }));
        await services.GetRequiredService<EventLog>().AppendAsync(new EventBatch("sample", [.. events]), CancellationToken.None);
    }

    private static MessageContent Mail(string subject) => new()
    {
        Subject = subject,
        Preheader = "Your size is in stock.",
        Body = "# {{default customer.first_name \"Hello\"}}, " + subject + "\n\nWashed linen that softens with every night.\n",
        Layout = MessageLayout.Shop,
    };
}
