namespace CampaignPortal.Web.Hosting;

/// <summary>Set once the schema is current, the store writable and the keys readable.</summary>
internal sealed class Readiness
{
    private volatile bool _isReady;

    public bool IsReady => _isReady;

    public void Set() => _isReady = true;
}
