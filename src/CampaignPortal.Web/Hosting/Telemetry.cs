using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Identity;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CampaignPortal.Web.Hosting;

/// <summary>
/// Traces and metrics of requests, circuits and jobs by OTLP over HTTP, to the collector that the standard variable OTEL_EXPORTER_OTLP_ENDPOINT
/// names. Without it nothing is collected and no connection is opened. Personal data is in neither: routes and keys are, values are not.
/// </summary>
internal sealed class Telemetry(TelemetryTarget target) : IHostedService, IDisposable
{
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (target.Address is null) return Task.CompletedTask;
        var resource = ResourceBuilder.CreateDefault().AddService("CampaignPortal");
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", JobTelemetry.Name)
            .AddOtlpExporter(options => SendTo(options, "v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Components", "System.Runtime", JobTelemetry.Name)
            .AddOtlpExporter(options => SendTo(options, "v1/metrics"))
            .Build();
        return Task.CompletedTask;
    }

    /// <summary>Sends what is left. A collector that is away holds the end up for seconds at the most.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        (_traces, _metrics) = (null, null);
    }

    private void SendTo(OtlpExporterOptions options, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(target.Address!, path);
        options.TimeoutMilliseconds = 3_000;
    }
}
