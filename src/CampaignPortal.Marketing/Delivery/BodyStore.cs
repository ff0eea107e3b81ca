using System.Data.Common;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>A mail as it left.</summary>
public sealed record SentMail(string From, string FromName, MailContent Content, DateTimeOffset Date, string MessageId);

[JsonSerializable(typeof(SentMail))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class SentMailJson : JsonSerializerContext;

/// <summary>Keeps each mail as it left, compressed and under its customer's key.</summary>
public sealed class BodyStore(PortalDatabase database, ContactVault vault)
{
    /// <summary>The mail, or null when it never left, was cleaned up, or its customer was erased.</summary>
    public SentMail? Read(long messageId)
    {
        using var reader = database.OpenReader();
        using var find = reader.Prepare("select \"CustomerId\", \"Sealed\" from \"MessageBodies\" where \"MessageId\" = @0", 1);
        find.Set(0, messageId);
        using var rows = find.ExecuteReader();
        return rows.Read() && vault.OpenBytesFor(rows.GetInt64(0), (byte[])rows[1]) is { } packed ? Unpack(packed) : null;
    }

    internal byte[] Seal(long customerId, SentMail mail) => vault.SealBytesFor(customerId, Pack(mail));

    internal static void Write(DbTransaction transaction, long messageId, long customerId, byte[] sealedMail) => transaction.Execute(
        "insert into \"MessageBodies\" (\"MessageId\", \"CustomerId\", \"Sealed\") values (@0, @1, @2) on conflict (\"MessageId\") do update set \"Sealed\" = excluded.\"Sealed\"",
        messageId, customerId, sealedMail);

    private static byte[] Pack(SentMail mail)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest)) JsonSerializer.Serialize(brotli, mail, SentMailJson.Default.SentMail);
        return packed.ToArray();
    }

    private static SentMail? Unpack(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(brotli, SentMailJson.Default.SentMail);
    }
}
