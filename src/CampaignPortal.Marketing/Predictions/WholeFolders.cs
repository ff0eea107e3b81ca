using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Hashes of model folders, remembered for as long as no file in them changes its time or its length.</summary>
/// <remarks>Looking at names, times and lengths costs microseconds; hashing a model of 100 MB would cost every answer a tenth of a second.</remarks>
internal sealed class WholeFolders
{
    // A file that is changed twice within one tick of the file system's clock keeps its time: hashes of files so young are not remembered.
    private static readonly TimeSpan TooYoung = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (string Look, string Sha256)> _known = new(StringComparer.Ordinal);

    /// <summary>Whether the folder is there and holds what was stored.</summary>
    public bool IsWhole(string folder, string sha256)
    {
        if (!Directory.Exists(folder)) return false;
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName, StringComparer.Ordinal).ToArray();
        var look = string.Join('|', files.Select(f => FormattableString.Invariant($"{f.FullName}:{f.Length}:{f.LastWriteTimeUtc.Ticks}")));
        if (_known.TryGetValue(folder, out var known) && known.Look == look) return known.Sha256 == sha256;
        var hash = HashOf(folder);
        var isOld = files.Length > 0 && TimeProvider.System.GetUtcNow().UtcDateTime - files.Max(f => f.LastWriteTimeUtc) > TooYoung; // the file system's clock, not the shop's
        if (isOld) _known[folder] = (look, hash);
        return hash == sha256;
    }

    /// <summary>SHA-256 over the weights of all parts, in the order of their names: a model may consist of several folders.</summary>
    public static string HashOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)) hash.AppendData(File.ReadAllBytes(file));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
