using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Jobs;

namespace CampaignPortal.Web.Hosting;

/// <summary>Sums what the program measures of itself since its start, and writes it as text that Prometheus reads. A monitor fetches it; nothing is sent anywhere.</summary>
internal sealed class PortalMetrics : IHostedService, IDisposable
{
    /// <summary>More series than this are not kept: a label that grows without bound must not grow memory.</summary>
    private const int MostSeries = 2_000;
    private const string Requests = "http.server.request.duration";

    private static readonly HashSet<string> RequestLabels = new(StringComparer.Ordinal) { "http.route", "http.request.method", "http.response.status_code" };

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Name, string Labels), Sum> _sums = new();

    public PortalMetrics()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name is JobTelemetry.Name || instrument.Name is Requests) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, LabelsOf(instrument.Name, tags), value));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>Everything as text in the exposition format, version 0.0.4.</summary>
    public string Write(PortalHealth health)
    {
        var text = new StringBuilder();
        Gauge(text, "campaignportal_queue_age_seconds", "How long the oldest due run waits.", health.QueueAgeSeconds);
        Gauge(text, "campaignportal_scheduler_paused", "1 while the scheduler is paused.", health.IsSchedulerPaused ? 1 : 0);
        Gauge(text, "campaignportal_jobs_running", "Runs under way.", health.RunningJobs);
        Gauge(text, "campaignportal_clock_ahead_seconds", "How far the newest event lies in the future.", health.ClockAheadSeconds);
        Head(text, "campaignportal_model_age_seconds", "gauge", "Since each model in use was activated.");
        foreach (var (model, age) in health.ModelAgeSeconds.OrderBy(m => m.Key, StringComparer.Ordinal)) Line(text, "campaignportal_model_age_seconds", Label("model", model), age);
        Gauge(text, "process_working_set_bytes", "Memory that the process holds.", Environment.WorkingSet);
        Gauge(text, "dotnet_gc_heap_bytes", "Memory of live objects at the last collection.", GC.GetTotalMemory(forceFullCollection: false));
        foreach (var family in _sums.GroupBy(s => s.Key.Name).OrderBy(g => g.Key, StringComparer.Ordinal)) WriteSums(text, family);
        return text.ToString();
    }

    private static void WriteSums(StringBuilder text, IGrouping<string, KeyValuePair<(string Name, string Labels), Sum>> family)
    {
        var name = family.Key.Replace('.', '_') + "_seconds";
        Head(text, name, "summary", "Count and sum since the start.");
        foreach (var ((_, labels), sum) in family.OrderBy(s => s.Key.Labels, StringComparer.Ordinal))
        {
            var (count, total) = sum.Read();
            Line(text, name + "_count", labels, count);
            Line(text, name + "_sum", labels, total);
        }
    }

    private void Add(string name, string labels, double value)
    {
        if (_sums.TryGetValue((name, labels), out var known)) known.Add(value);
        else if (_sums.Count < MostSeries) _sums.GetOrAdd((name, labels), static _ => new Sum()).Add(value);
    }

    // Of a request: the route as it is written in the program, never the address, which may name a person.
    private static string LabelsOf(string instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>(tags.Length);
        foreach (var (key, value) in tags)
        {
            if (instrument is not Requests || RequestLabels.Contains(key)) labels.Add(Label(key.Replace('.', '_'), Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
        }
        return string.Join(',', labels.Order(StringComparer.Ordinal));
    }

    private static string Label(string name, string value) => $"{name}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static void Gauge(StringBuilder text, string name, string help, double value)
    {
        Head(text, name, "gauge", help);
        Line(text, name, "", value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) => text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private sealed class Sum
    {
        private readonly Lock _turn = new();
        private long _count;
        private double _total;

        public void Add(double value)
        {
            lock (_turn) (_count, _total) = (_count + 1, _total + value);
        }

        public (long Count, double Total) Read()
        {
            lock (_turn) return (_count, _total);
        }
    }
}
