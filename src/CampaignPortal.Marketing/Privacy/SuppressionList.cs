using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>Whether an address may be written to at all, and the rows that say it may not (CU-11). An address that nobody knows yet, or whose customer was erased, counts as well.</summary>
public sealed class SuppressionList(ContactVault vault, TimeProvider clock)
{
    private const int MaxDomainParts = 8;

    /// <summary>Why this address must not be written to; null when it may.</summary>
    /// <param name="transaction">Read in the transaction of whoever sends, so that nothing changes in between.</param>
    /// <param name="address">As it will stand in the envelope.</param>
    /// <param name="customerId">The customer to whom it belongs.</param>
    /// <param name="channel"><c>email</c>.</param>
    /// <param name="consentSince">Since when the customer agrees; an older unsubscription of the address does not count.</param>
    public string? ReasonFor(DbTransaction transaction, string address, long customerId, string channel, DateTimeOffset? consentSince)
    {
        var allowedSince = 0L;
        using (var find = transaction.Prepare("select \"Reason\", \"Since\" from \"SuppressedContacts\" where \"AddressHash\" in (@0, @1)", 2))
        {
            find.Set(0, vault.HashOfEmail(address));
            find.Set(1, PlainHash(address));
            using var rows = find.ExecuteReader();
            while (rows.Read())
            {
                var (reason, since) = (rows.GetString(0), rows.GetInt64(1));
                if (reason is SuppressionReasons.Allowed) allowedSince = since;
                else if (reason is not SuppressionReasons.Unsubscribed || consentSince is null || since >= Stored.Ticks(consentSince.Value)) return reason;
            }
        }
        if (IsDomainSuppressed(transaction, address)) return SuppressionReasons.Manual;
        using var customer = transaction.Prepare("select \"Reason\" from \"Suppressions\" where \"CustomerId\" = @0 and \"Channel\" = @1 and \"Since\" > @2 limit 1", 3);
        (customer.Parameters[0].Value, customer.Parameters[1].Value, customer.Parameters[2].Value) = (customerId, channel, allowedSince);
        return customer.ExecuteScalar() as string;
    }

    /// <summary>Puts an address on the list; one that is there for the same reason stays as it is, except that an unsubscription takes the newer moment.</summary>
    public void Add(DbTransaction transaction, string address, string reason, long? addedBy = null, string? note = null) => Add(transaction, vault.HashOfEmail(address), reason, addedBy, note);

    internal void Add(DbTransaction transaction, byte[] addressHash, string reason, long? addedBy, string? note)
    {
        transaction.Execute("delete from \"SuppressedContacts\" where \"AddressHash\" = @0 and \"Reason\" = @1", addressHash, SuppressionReasons.Allowed);
        transaction.Execute(
            "insert into \"SuppressedContacts\" (\"AddressHash\", \"Reason\", \"Since\", \"AddedBy\", \"Note\") values (@0, @1, @2, @3, @4) "
            + "on conflict (\"AddressHash\", \"Reason\") where \"AddressHash\" is not null do update set \"Since\" = excluded.\"Since\"",
            addressHash, reason, Stored.Ticks(clock.GetUtcNow()), addedBy, note);
    }

    /// <summary>Puts a hash on the list by hand; answers whether it is new there.</summary>
    internal bool AddManually(DbTransaction transaction, byte[] addressHash, long addedBy, string? note)
    {
        using var find = transaction.Prepare("select 1 from \"SuppressedContacts\" where \"AddressHash\" = @0 and \"Reason\" = @1", 2);
        if (find.RunScalar(addressHash, SuppressionReasons.Manual) is not null) return false;
        Add(transaction, addressHash, SuppressionReasons.Manual, addedBy, note);
        return true;
    }

    /// <summary>Takes a row off the list, and lets the address count as free from now on.</summary>
    internal bool Remove(DbTransaction transaction, long id)
    {
        transaction.Execute(
            "insert into \"SuppressedContacts\" (\"AddressHash\", \"Reason\", \"Since\") select \"AddressHash\", @1, @2 from \"SuppressedContacts\" where \"Id\" = @0 and \"AddressHash\" is not null "
            + "on conflict (\"AddressHash\", \"Reason\") where \"AddressHash\" is not null do update set \"Since\" = excluded.\"Since\"",
            id, SuppressionReasons.Allowed, Stored.Ticks(clock.GetUtcNow()));
        return transaction.Execute("delete from \"SuppressedContacts\" where \"Id\" = @0", id) is 1;
    }

    /// <summary>SHA-256 of the normalised address: the form in which other systems hand such lists over.</summary>
    internal static byte[] PlainHash(string address) => SHA256.HashData(Encoding.UTF8.GetBytes(ContactVault.NormaliseEmail(address)));

    /// <summary>Puts a domain and everything under it on the list.</summary>
    internal bool AddDomain(DbTransaction transaction, string domain, long? addedBy, string? note) => transaction.Execute(
        "insert into \"SuppressedContacts\" (\"Domain\", \"Reason\", \"Since\", \"AddedBy\", \"Note\") values (@0, @1, @2, @3, @4) on conflict (\"Domain\") where \"Domain\" is not null do nothing",
        domain, SuppressionReasons.Manual, Stored.Ticks(clock.GetUtcNow()), addedBy, note) is 1;

    /// <summary>The person takes back that they unsubscribed.</summary>
    public void LiftUnsubscription(DbTransaction transaction, string address) =>
        transaction.Execute("delete from \"SuppressedContacts\" where \"AddressHash\" = @0 and \"Reason\" = @1", vault.HashOfEmail(address), SuppressionReasons.Unsubscribed);

    private static bool IsDomainSuppressed(DbTransaction transaction, string address)
    {
        var normalised = ContactVault.NormaliseEmail(address);
        var domain = normalised[(normalised.LastIndexOf('@') + 1)..];
        using var find = transaction.Prepare("select 1 from \"SuppressedContacts\" where \"Domain\" = @0", 1);
        for (var i = 0; i < MaxDomainParts; i++)
        {
            if (find.RunScalar(domain) is not null) return true;
            var dot = domain.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0) return false;
            domain = domain[(dot + 1)..];
        }
        return false;
    }
}
