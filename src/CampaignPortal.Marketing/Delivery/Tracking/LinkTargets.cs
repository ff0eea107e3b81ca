using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <summary>Where a link of a mail leads, under the hash of its address. The address never stands in the link itself, so nobody can make us redirect elsewhere.</summary>
public sealed class LinkTarget
{
    /// <summary>First 64 bits of SHA-256 over the address.</summary>
    public long Hash { get; init; }
    public required string Url { get; init; }
}

internal sealed class LinkTargetConfiguration : IEntityTypeConfiguration<LinkTarget>
{
    public void Configure(EntityTypeBuilder<LinkTarget> builder)
    {
        builder.ToTable("LinkTargets").HasKey(t => t.Hash);
        builder.Property(t => t.Hash).ValueGeneratedNever();
    }
}

/// <summary>Gathers the targets of mails while they are rendered, and saves the new ones with the mark of the first mail that may carry them.</summary>
public sealed class LinkTargets(PortalDatabase database)
{
    private const int MaxRemembered = 500_000;
    private readonly ConcurrentDictionary<long, string> _unsaved = new();
    private readonly ConcurrentDictionary<long, bool> _saved = new();

    /// <summary>The hash of an address, which is saved before any mail with it leaves.</summary>
    public long Add(string url)
    {
        var hash = HashOf(url);
        if (!_saved.ContainsKey(hash)) _unsaved.TryAdd(hash, url);
        return hash;
    }

    /// <summary>The address, or null when there is none.</summary>
    public string? Find(long hash)
    {
        if (_unsaved.TryGetValue(hash, out var waiting)) return waiting;
        using var reader = database.OpenReader();
        using var find = reader.Prepare("select \"Url\" from \"LinkTargets\" where \"Hash\" = @0", 1);
        find.Set(0, hash);
        return find.ExecuteScalar() as string;
    }

    /// <summary>Writes what is new; give the answer to <see cref="Forget"/> after the commit.</summary>
    internal IReadOnlyList<long> Save(DbTransaction transaction)
    {
        if (_unsaved.IsEmpty) return [];
        var written = new List<long>();
        using var insert = transaction.Prepare("insert into \"LinkTargets\" (\"Hash\", \"Url\") values (@0, @1) on conflict do nothing", 2);
        foreach (var (hash, url) in _unsaved)
        {
            insert.Run(hash, url);
            written.Add(hash);
        }
        return written;
    }

    /// <summary>These are durable now.</summary>
    internal void Forget(IReadOnlyList<long> written)
    {
        if (_saved.Count > MaxRemembered) _saved.Clear();
        foreach (var hash in written)
        {
            _saved[hash] = true;
            _unsaved.TryRemove(hash, out _);
        }
    }

    private static long HashOf(string url)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(url), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}
