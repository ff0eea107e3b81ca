using System.Globalization;

namespace CampaignPortal.Marketing.Database;

/// <summary>Where the data and the keys lie, and the lock that lets one process use them.</summary>
public sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _holderPath;

    private DataDirectory(string path, string keysPath, FileStream @lock, string holderPath) =>
        (Path, KeysPath, _lock, _holderPath) = (path, keysPath, @lock, holderPath);

    public string Path { get; }

    /// <summary>Master key, wrapped customer keys and data-protection keys: beside the data, never inside, so that a copied data directory alone is unreadable.</summary>
    public string KeysPath { get; }

    public string DatabaseFile => System.IO.Path.Combine(Path, "portal.db");

    public string ModelsPath => System.IO.Path.Combine(Path, "models");

    /// <summary>Makes the directories and takes the lock.</summary>
    /// <param name="path">The data directory; made when it is not there.</param>
    /// <param name="keysPath">The keys folder; null means <c>&lt;path&gt;.keys</c> beside it.</param>
    /// <param name="purpose">What this process does, for the message that another one shows: <c>serve on http://…</c>, <c>import</c>.</param>
    /// <exception cref="DataDirectoryInUseException">Another process holds the lock.</exception>
    public static DataDirectory Open(string path, string? keysPath, string purpose)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        keysPath = System.IO.Path.GetFullPath(keysPath ?? path + ".keys");
        Directory.CreateDirectory(path);
        CreatePrivate(keysPath);

        var holderPath = System.IO.Path.Combine(path, "portal.lock.txt");
        FileStream @lock;
        try
        {
            @lock = new FileStream(System.IO.Path.Combine(path, "portal.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DataDirectoryInUseException(path, ReadHolder(holderPath), e);
        }
        File.WriteAllText(holderPath, string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} ({purpose})"));
        return new DataDirectory(path, keysPath, @lock, holderPath);
    }

    public void Dispose()
    {
        if (!_lock.CanRead) return;
        if (File.Exists(_holderPath)) File.Delete(_holderPath); // the folder may be gone already
        _lock.Dispose();
    }

    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static string ReadHolder(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}

/// <summary>Two processes on one data directory would write past each other; the second one stops.</summary>
public sealed class DataDirectoryInUseException(string path, string holder, Exception inner)
    : Exception($"The data directory {path} is in use by {holder}. Stop it first, or do the same in the running portal: Jobs trains and scores, Data imports.", inner);
