using System.Text.RegularExpressions;
using CampaignPortal.Testing;

namespace CampaignPortal.Architecture.Tests;

/// <summary>A source file: its path below the repository with forward slashes, its text, and its text without comments.</summary>
internal sealed record SourceFile(string Path, string Text, string Code);

/// <summary>The sources as they lie in the repository.</summary>
internal static partial class SourceTree
{
    public static IReadOnlyList<SourceFile> Files(string folder, params string[] endings) =>
    [
        .. from path in Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, folder), "*", SearchOption.AllDirectories)
           let relative = Path.GetRelativePath(SharedData.RepositoryRoot, path).Replace('\\', '/')
           where !relative.Contains("/obj/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal) && !relative.Contains("/node_modules/", StringComparison.Ordinal)
           where (endings.Length is 0 ? [".cs"] : endings).Any(e => relative.EndsWith(e, StringComparison.Ordinal))
           orderby relative
           let text = File.ReadAllText(path)
           select new SourceFile(relative, text, Comments().Replace(text, "")),
    ];

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();
}
