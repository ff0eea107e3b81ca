using System.Reflection;
using System.Text.Json;

namespace CampaignPortal.Web.Features.Settings;

/// <param name="Name">Of the package.</param>
/// <param name="Version">That this build contains.</param>
/// <param name="Licence">SPDX identifier.</param>
/// <param name="Home">Where it comes from.</param>
public sealed record Notice(string Name, string Version, string Licence, string Home);

/// <summary>The packages in this build, read from what the build wrote, with the licences of <c>third-party.csv</c>; a test holds that none is missing there.</summary>
public static class ThirdParty
{
    private static readonly Lazy<IReadOnlyList<Notice>> Read = new(ReadAll);

    public static IReadOnlyList<Notice> All => Read.Value;

    /// <summary>The version that the build wrote into an assembly, without the commit.</summary>
    public static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Name and version of each package in the program's folder.</summary>
    internal static IEnumerable<(string Name, string Version)> Packages(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. document.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() is "package")
                .Select(library => library.Name.Split('/')).Select(parts => (parts[0], parts[1])),
        ];
    }

    private static List<Notice> ReadAll()
    {
        var known = Lines().ToDictionary(cells => cells[0], StringComparer.Ordinal);
        var file = Path.Combine(AppContext.BaseDirectory, typeof(ThirdParty).Assembly.GetName().Name + ".deps.json");
        var packages = File.Exists(file) ? Packages(file) : [];
        var inBuild = packages.Where(p => known.ContainsKey(p.Name)).Select(p => new Notice(p.Name, p.Version, known[p.Name][2], known[p.Name][3]));
        var inBrowser = known.Values.Where(cells => cells[1].Length > 0).Select(cells => new Notice(cells[0], cells[1], cells[2], cells[3]));
        return [.. inBuild.Concat(inBrowser).OrderBy(n => n.Name, StringComparer.OrdinalIgnoreCase)];
    }

    // name,version (browser packages only),licence,home
    private static IEnumerable<string[]> Lines()
    {
        using var stream = typeof(ThirdParty).Assembly.GetManifestResourceStream("third-party.csv")!; // embedded
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(line => line.Split(','))];
    }
}
