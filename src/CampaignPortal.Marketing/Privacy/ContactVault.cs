using System.Data.Common;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>Contact data of one customer, readable.</summary>
public sealed record ContactData(string? Email, string? Phone, string? Name, string? Address)
{
    public static ContactData Nothing { get; } = new(null, null, null, null);

    /// <summary>The address as its source wrote it, where that is another spelling.</summary>
    public string? RawEmail { get; init; }

    /// <summary>The number as its source wrote it, where that is another spelling.</summary>
    public string? RawPhone { get; init; }

    /// <summary>Never the content: a record that slips into a log must not tell anything.</summary>
    public override string ToString() => "ContactData (sealed)";
}

[JsonSerializable(typeof(ContactData))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ContactJson : JsonSerializerContext;

/// <summary>The one door to e-mail addresses, phone numbers, names and postal addresses.</summary>
/// <remarks>
/// Each customer's data are sealed with AES-256-GCM under a key of their own, which the master key wraps and which lies in another
/// store. Whoever destroys that key has erased the data everywhere, old backups included (ARCHITECTURE.md §4).
/// </remarks>
public sealed class ContactVault(PortalDatabase database, CustomerKeys keys, MasterKey master) : IContactStore
{
    /// <summary>Raised after a commit that changed contact data, with the customers.</summary>
    public event Action<IReadOnlyList<long>>? Changed;

    /// <summary>The customer's contact data, or null when there are none or they were erased.</summary>
    public ContactData? Read(long customerId)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Sealed\" from \"Contacts\" where \"CustomerId\" = @0";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@0", customerId);
        command.Parameters.Add(parameter);
        return command.ExecuteScalar() is byte[] sealedData && keys.Find(customerId) is { } key ? Open(key, sealedData, customerId) : null;
    }

    /// <summary>Contact data of several customers by number; who has none, or was erased, is left out.</summary>
    public IReadOnlyDictionary<long, ContactData> ReadMany(IReadOnlyCollection<long> customers)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select \"Sealed\" from \"Contacts\" where \"CustomerId\" = @0", 1);
        var found = new Dictionary<long, ContactData>(customers.Count);
        foreach (var (customer, key) in keys.FindMany(customers))
        {
            command.Set(0, customer);
            if (command.ExecuteScalar() is byte[] sealedData) found[customer] = Open(key, sealedData, customer);
        }
        return found;
    }

    /// <summary>Customers with exactly this address, by keyed hash.</summary>
    public IReadOnlyList<long> FindByEmail(string email) => FindByHash("EmailHash", master.LookUpHash("email", NormaliseEmail(email)));

    /// <summary>Customers with exactly this number, by keyed hash; blanks and punctuation do not count.</summary>
    public IReadOnlyList<long> FindByPhone(string phone) => FindByHash("PhoneHash", master.LookUpHash("phone", NormalisePhone(phone)));

    /// <summary>Every customer with contact data, decrypted one after the other: for the directory.</summary>
    internal IEnumerable<(long CustomerId, ContactData Data)> ReadAll()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select \"CustomerId\", \"Sealed\" from \"Contacts\" order by \"CustomerId\"";
        using var reader = command.ExecuteReader();
        using var ordered = keys.ReadAll().GetEnumerator();
        var hasKey = ordered.MoveNext();
        while (reader.Read()) // a merge of two ordered lists
        {
            var customerId = reader.GetInt64(0);
            while (hasKey && ordered.Current.CustomerId < customerId) hasKey = ordered.MoveNext();
            if (hasKey && ordered.Current.CustomerId == customerId) yield return (customerId, Open(ordered.Current.Key, (byte[])reader[1], customerId));
        }
    }

    /// <summary>Merges new contact data into what is known, inside the log's transaction; answers whether anything changed.</summary>
    bool IContactStore.Store(DbTransaction transaction, long customerId, ContactDraft draft, DateTimeOffset now)
    {
        // The key is durable before the data that it seals: a crash in between leaves a key without data, never data without a key.
        var key = keys.GetOrCreate(customerId);
        using var find = transaction.Prepare("select \"Sealed\" from \"Contacts\" where \"CustomerId\" = @0", 1);
        find.Set(0, customerId);
        var before = find.ExecuteScalar() is byte[] sealedBefore ? Open(key, sealedBefore, customerId) : ContactData.Nothing;
        var after = new ContactData(Merge(before.Email, draft.Email), Merge(before.Phone, draft.Phone), Merge(before.Name, draft.Name), Merge(before.Address, draft.Address))
        {
            RawEmail = draft.Email is null ? before.RawEmail : draft.RawEmail,
            RawPhone = draft.Phone is null ? before.RawPhone : draft.RawPhone,
        };
        if (after == before) return false;

        transaction.Execute(
            "insert into \"Contacts\" (\"CustomerId\", \"Sealed\", \"EmailHash\", \"PhoneHash\", \"UpdatedAt\") values (@0, @1, @2, @3, @4) "
            + "on conflict (\"CustomerId\") do update set \"Sealed\" = excluded.\"Sealed\", \"EmailHash\" = excluded.\"EmailHash\", \"PhoneHash\" = excluded.\"PhoneHash\", \"UpdatedAt\" = excluded.\"UpdatedAt\"",
            customerId,
            Sealing.Seal(key, JsonSerializer.SerializeToUtf8Bytes(after, ContactJson.Default.ContactData), customerId),
            after.Email is { } email ? master.LookUpHash("email", NormaliseEmail(email)) : null,
            after.Phone is { } phone ? master.LookUpHash("phone", NormalisePhone(phone)) : null,
            Stored.Ticks(now));
        return true;
    }

    /// <summary>Seals a text of this customer, such as a note, under the customer's own key: erasing the person makes it unreadable too.</summary>
    public byte[] SealFor(long customerId, string text) => Sealing.Seal(keys.GetOrCreate(customerId), Encoding.UTF8.GetBytes(text), customerId);

    /// <summary>The text that <see cref="SealFor"/> sealed, or null when the customer's key was destroyed.</summary>
    public string? OpenFor(long customerId, byte[] sealedText) => keys.Find(customerId) is { } key ? Encoding.UTF8.GetString(Sealing.Open(key, sealedText, customerId)) : null;

    /// <summary>Seals bytes of this customer, such as a mail that they received.</summary>
    internal byte[] SealBytesFor(long customerId, byte[] bytes) => Sealing.Seal(keys.GetOrCreate(customerId), bytes, customerId);

    /// <summary>The bytes that <see cref="SealBytesFor"/> sealed, or null when the customer's key was destroyed.</summary>
    internal byte[]? OpenBytesFor(long customerId, byte[] sealedBytes) => keys.Find(customerId) is { } key ? Sealing.Open(key, sealedBytes, customerId) : null;

    /// <summary>Text of a quarantined row, readable again.</summary>
    public string OpenText(byte[] sealedText) => master.OpenText(sealedText);

    /// <summary>Seals text that belongs to no customer, such as a password of the portal itself.</summary>
    public byte[] SealText(string text) => master.SealText(text);

    /// <summary>The keyed hash under which an address is looked up, here and in the list of the suppressed.</summary>
    public byte[] HashOfEmail(string email) => master.LookUpHash("email", NormaliseEmail(email));

    byte[] IContactStore.SealText(string text) => master.SealText(text);

    void IContactStore.PrepareKeys(IReadOnlyCollection<long> customerIds) => keys.CreateMissing(customerIds);

    void IContactStore.Publish(IReadOnlyList<long> customers)
    {
        if (customers.Count > 0) Changed?.Invoke(customers);
    }

    /// <summary>Destroys the customer's key: contact data are unreadable from now on, everywhere. Answers whether there were any.</summary>
    internal bool Destroy(long customerId)
    {
        var existed = keys.Destroy(customerId);
        Changed?.Invoke([customerId]);
        return existed;
    }

    internal static string NormaliseEmail(string email) => ContactForms.Email(email);

    internal static string NormalisePhone(string phone) => string.Concat(phone.Where(c => char.IsAsciiDigit(c) || c is '+'));

    private static string? Merge(string? known, string? stated) => stated switch
    {
        null => known,
        _ when string.IsNullOrWhiteSpace(stated) => null,
        _ => stated.Trim(),
    };

    private static ContactData Open(byte[] key, byte[] sealedData, long customerId) =>
        JsonSerializer.Deserialize(Sealing.Open(key, sealedData, customerId), ContactJson.Default.ContactData) ?? ContactData.Nothing;

    private long[] FindByHash(string column, byte[] hash)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"select \"CustomerId\" from \"Contacts\" where \"{column}\" = @0 order by \"CustomerId\" limit 100";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@0", hash);
        command.Parameters.Add(parameter);
        using var reader = command.ExecuteReader();
        var found = new List<long>();
        while (reader.Read()) found.Add(reader.GetInt64(0));
        return [.. found];
    }
}
