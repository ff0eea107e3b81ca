using System.Data.Common;

namespace CampaignPortal.Marketing.Events;

/// <summary>Where contact data of a batch go, in the transaction of the log. The vault stands above the log and implements it.</summary>
internal interface IContactStore
{
    /// <summary>Makes the keys of these customers in one durable write, before their data are sealed.</summary>
    void PrepareKeys(IReadOnlyCollection<long> customerIds);

    /// <summary>Merges what is new; answers whether anything changed.</summary>
    bool Store(DbTransaction transaction, long customerId, ContactDraft draft, DateTimeOffset now);

    /// <summary>Seals text that may quote contact data, such as a refused row.</summary>
    byte[] SealText(string text);

    /// <summary>Called after the commit with the customers whose data changed.</summary>
    void Publish(IReadOnlyList<long> customers);
}
