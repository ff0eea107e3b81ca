using System.Globalization;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>Reads the share that is held out of all campaigns.</summary>
public sealed class GlobalHoldoutReader(SettingsHandler settings)
{
    public async Task<GlobalHoldout> ReadAsync(CancellationToken ct)
    {
        var values = await settings.ReadAsync([KnownSettings.GlobalHoldout], ct);
        return new GlobalHoldout(int.Parse(values[KnownSettings.GlobalHoldout], CultureInfo.InvariantCulture) / 100.0);
    }
}
