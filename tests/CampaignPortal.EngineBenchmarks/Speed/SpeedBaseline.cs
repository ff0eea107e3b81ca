using System.Text.Json;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>The best seconds seen of every row on this machine, kept in a file that guards against slow-downs.</summary>
internal sealed class SpeedBaseline
{
    private const double MostSlowDown = 1.15;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly string _file;
    private readonly SortedDictionary<string, double> _seconds;

    public SpeedBaseline(string? file)
    {
        _file = file ?? DefaultFile();
        _seconds = File.Exists(_file) ? JsonSerializer.Deserialize<SortedDictionary<string, double>>(File.ReadAllText(_file)) ?? [] : [];
    }

    public string FileName => _file;

    /// <summary>Seconds over those of the baseline when that is a slow-down; null otherwise. A row that is not known yet joins.</summary>
    public double? SlowDown(SpeedResult result)
    {
        var key = FormattableString.Invariant($"{result.Job}@{result.Threads}");
        if (!_seconds.TryGetValue(key, out var before))
        {
            _seconds.Add(key, result.Min);
            return null;
        }
        var ratio = result.Min / before;
        return ratio > MostSlowDown ? ratio : null;
    }

    public void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_file))!); // a full path of a file has a folder
        File.WriteAllText(_file, JsonSerializer.Serialize(_seconds, Json));
    }

    private static string DefaultFile() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "CampaignPortal.Benchmarks", $"speed-{Environment.MachineName}-{Learning.Kernels.Dense.VectorBits}.json");
}
