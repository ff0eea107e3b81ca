namespace CampaignPortal.Testing;

/// <summary>Real data sets and reference cases that lie beside the repository, in <c>../shared</c> or where <c>CAMPAIGNPORTAL_SHARED</c> points.</summary>
public static class SharedData
{
    /// <summary>The repository's root: the folder of the solution above this program.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>Full path of a shared file or folder; skips the running test, with the reason, where it is missing.</summary>
    public static string PathOrSkip(string relativePath)
    {
        var path = Locate(relativePath);
        if (path is null) Xunit.Assert.Skip($"skipped: {relativePath} of the shared data is not here");
        return path!; // Assert.Skip does not return
    }

    public static string? Locate(string relativePath)
    {
        var root = Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_SHARED") ?? Path.Combine(RepositoryRoot, "..", "shared");
        var path = Path.GetFullPath(Path.Combine(root, relativePath));
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CampaignPortal.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException("CampaignPortal.sln was not found above " + AppContext.BaseDirectory);
    }
}
