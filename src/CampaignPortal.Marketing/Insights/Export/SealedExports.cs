using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Files with personal data on their way to the person who asked: sealed on the disk, and gone after a day.</summary>
public sealed class SealedExports(DataDirectory directory, MasterKey master, TimeProvider clock) : ICleanUp
{
    /// <summary>How long a file can be fetched.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    string ICleanUp.Name => "exported files";

    private string Folder => Path.Combine(directory.Path, "exports");

    /// <summary>Seals the parts one after another; the file appears whole or not at all.</summary>
    public async Task WriteAsync(long runId, IEnumerable<string> parts, CancellationToken ct)
    {
        await CleanUpAsync(ct);
        Directory.CreateDirectory(Folder);
        var partial = PathOf(runId) + ".part";
        try
        {
            await using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                var length = new byte[sizeof(int)];
                foreach (var part in parts)
                {
                    ct.ThrowIfCancellationRequested();
                    var sealedPart = master.SealText(part);
                    BinaryPrimitives.WriteInt32LittleEndian(length, sealedPart.Length);
                    await file.WriteAsync(length, ct);
                    await file.WriteAsync(sealedPart, ct);
                }
            }
            File.SetLastWriteTimeUtc(partial, clock.GetUtcNow().UtcDateTime);
            File.Move(partial, PathOf(runId), overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Until when the file of a run can be fetched; null when it is gone.</summary>
    public DateTimeOffset? Until(long runId)
    {
        var file = new FileInfo(PathOf(runId));
        if (!file.Exists) return null;
        var until = new DateTimeOffset(file.LastWriteTimeUtc) + Lifetime;
        return until > clock.GetUtcNow() ? until : null;
    }

    /// <summary>The opened file; null when it is gone.</summary>
    public async Task<byte[]?> ReadAsync(long runId, CancellationToken ct)
    {
        if (Until(runId) is null) return null;
        await using var file = File.OpenRead(PathOf(runId));
        using var opened = new MemoryStream((int)Math.Min(file.Length, int.MaxValue));
        var length = new byte[sizeof(int)];
        while (await file.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false, ct) == length.Length)
        {
            var sealedPart = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
            await file.ReadExactlyAsync(sealedPart, ct);
            await opened.WriteAsync(Encoding.UTF8.GetBytes(master.OpenText(sealedPart)), ct);
        }
        return opened.ToArray();
    }

    public Task<int> CleanUpAsync(CancellationToken ct)
    {
        if (!Directory.Exists(Folder)) return Task.FromResult(0);
        var oldest = (clock.GetUtcNow() - Lifetime).UtcDateTime;
        var old = new DirectoryInfo(Folder).EnumerateFiles().Where(f => f.LastWriteTimeUtc <= oldest).ToArray();
        foreach (var file in old) file.Delete();
        return Task.FromResult(old.Length);
    }

    private string PathOf(long runId) => Path.Combine(Folder, runId.ToString(CultureInfo.InvariantCulture));
}
