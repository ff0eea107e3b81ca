using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Imports.Reading;

namespace CampaignPortal.Marketing.Imports;

/// <summary>A file that waits in the folder <c>incoming</c>.</summary>
public sealed record IncomingFile(string Name, long ByteCount, DateTimeOffset ChangedAt);

/// <summary>Where files lie on their way in: uploads under a name of the portal's own, and the folder into which the shop's systems put theirs.</summary>
public sealed class ImportFiles(DataDirectory directory)
{
    /// <summary>The largest upload.</summary>
    public const long LargestByteCount = 2L << 30;

    private const int BufferLength = 1 << 17;

    public string UploadsPath => Path.Combine(directory.Path, "uploads");

    public string IncomingPath => Path.Combine(directory.Path, "incoming");

    /// <summary>Copies what a browser sends to the disk as it comes; answers the stored name.</summary>
    /// <param name="bytesDone">Hears how many bytes are stored.</param>
    /// <exception cref="OperationCanceledException">Nothing is left behind.</exception>
    public async Task<Result<string>> StoreAsync(Stream content, Action<long>? bytesDone, CancellationToken ct)
    {
        Directory.CreateDirectory(UploadsPath);
        var name = Guid.NewGuid().ToString("N");
        var path = Path.Combine(UploadsPath, name);
        var buffer = new byte[BufferLength];
        var done = 0L;
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferLength, useAsync: true);
            int count;
            while ((count = await content.ReadAsync(buffer, ct)) > 0)
            {
                done += count;
                if (done > LargestByteCount) break;
                await file.WriteAsync(buffer.AsMemory(0, count), ct);
                bytesDone?.Invoke(done);
            }
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        if (done is > 0 and <= LargestByteCount) return name;
        File.Delete(path);
        return done is 0
            ? Problem.At("file", "The file is empty. A table with a header and at least one row was expected.")
            : Problem.At("file", "The file is larger than 2 GB. Put it into the folder incoming of the data directory, or split it.");
    }

    /// <summary>Files that wait in the folder <c>incoming</c>, the newest first.</summary>
    public IReadOnlyList<IncomingFile> Incoming() => Directory.Exists(IncomingPath)
        ? [.. new DirectoryInfo(IncomingPath).EnumerateFiles().Where(f => f.Name[0] is not '.').OrderByDescending(f => f.LastWriteTimeUtc).Take(100).Select(f => new IncomingFile(f.Name, f.Length, new DateTimeOffset(f.LastWriteTimeUtc)))]
        : [];

    public ImportSource SourceOf(ImportDraft draft) => ImportSource.FromFile(PathOf(draft)) with { Name = draft.FileName };

    public bool Exists(ImportDraft draft) => File.Exists(PathOf(draft));

    /// <summary>Removes an upload; a file of <c>incoming</c> belongs to whoever put it there.</summary>
    public void Remove(ImportDraft draft)
    {
        if (!draft.IsIncoming) File.Delete(PathOf(draft));
    }

    /// <summary>Removes uploads from before the moment that nobody knows any more: their process died between the file and its row. Answers how many.</summary>
    /// <param name="known">Stored names that stay.</param>
    internal int RemoveUploads(DateTimeOffset before, IReadOnlySet<string> known)
    {
        if (!Directory.Exists(UploadsPath)) return 0;
        var orphans = new DirectoryInfo(UploadsPath).EnumerateFiles().Where(f => f.LastWriteTimeUtc < before.UtcDateTime && !known.Contains(f.Name)).ToArray();
        foreach (var file in orphans) file.Delete();
        return orphans.Length;
    }

    /// <summary>A name stays a name: nobody reaches another folder by it.</summary>
    internal static bool IsPlainName(string name) => name.Length > 0 && name == Path.GetFileName(name) && name[0] is not '.';

    private string PathOf(ImportDraft draft) => Path.Combine(draft.IsIncoming ? IncomingPath : UploadsPath, Path.GetFileName(draft.StoredName));
}
