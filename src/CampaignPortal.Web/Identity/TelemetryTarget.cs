namespace CampaignPortal.Web.Identity;

/// <summary>The collector that traces and metrics go to, if the machine's owner named one.</summary>
public sealed class TelemetryTarget
{
    public const string Key = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <exception cref="InvalidOperationException">The address is none of HTTP: better said at the start than in silence.</exception>
    public TelemetryTarget(IConfiguration configuration)
    {
        if (configuration[Key] is not { Length: > 0 } text) return;
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw new InvalidOperationException($"{Key} is no address of HTTP: '{text}'. Give it as http://collector:4318, or leave it out.");
        Address = address;
    }

    /// <summary>Ends with a slash; null where nothing is sent.</summary>
    public Uri? Address { get; }
}
