using System.Data.Common;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>What must be known to say why a customer is left out, as sets of one moment. Everything is looked at once more when a message leaves.</summary>
internal sealed class Eligibility
{
    private const string Refused = $"select \"CustomerId\" from \"Consents\" where \"Channel\" = '{ConsentProjection.Email}' and \"Purpose\" = @0 and not \"IsGranted\"";

    private readonly CustomerSet _everyone, _addresses, _consents, _forbidden, _buyers, _receivers, _paused, _left;
    private readonly IReadOnlyList<(DropReason Reason, CustomerSet Customers)> _capped;
    private readonly GlobalHoldout _holdout;
    private readonly DateTimeOffset _now;

    private Eligibility(DbConnection connection, long campaignId, CampaignSettings settings, DeliverySettings delivery, CustomerPlaces places, GlobalHoldout holdout, DateTimeOffset now)
    {
        (_holdout, _now) = (holdout, now);
        _everyone = StoredSets.Everyone(connection);
        var capacity = _everyone.Capacity;
        _addresses = StoredSets.Read(connection, capacity, "select \"CustomerId\" from \"Contacts\" where \"EmailHash\" is not null");
        _consents = StoredSets.Read(
            connection, capacity, $"select \"CustomerId\" from \"Consents\" where \"Channel\" = '{ConsentProjection.Email}' and \"Purpose\" = '{ConsentProjection.Marketing}' and \"IsGranted\"");
        _forbidden = StoredSets.Forbidden(connection, ConsentProjection.Email, capacity);
        _buyers = settings.SkipBuyersOfDays > 0
            ? StoredSets.Read(connection, capacity, "select \"CustomerId\" from \"CustomerTotals\" where \"LastOrderAt\" >= @0", Stored.Ticks(now.AddDays(-settings.SkipBuyersOfDays)))
            : new CustomerSet(capacity);
        _receivers = new CustomerSet(capacity);
        foreach (var campaign in settings.SkipReceiversOf)
            _receivers.Or(StoredSets.Read(
                connection, capacity, "select \"CustomerId\" from \"CampaignRecipients\" where \"CampaignId\" = @0 and \"SentAt\" >= @1",
                campaign is CampaignSettings.ThisCampaign ? campaignId : campaign, settings.SkipReceiversOfDays > 0 ? Stored.Ticks(now.AddDays(-settings.SkipReceiversOfDays)) : 0));
        _paused = StoredSets.Read(connection, capacity, Refused + " and \"Until\" > @1", ContactWishes.Pause, Stored.Ticks(now));
        _left = settings.Topic is { } topic ? StoredSets.Read(connection, capacity, Refused, topic) : new CustomerSet(capacity);
        _capped = CappedCustomers.Read(connection, capacity, [.. CapRule.Of(delivery, settings.Topic)], now, places.ZoneOf);
    }

    /// <param name="campaignId">The campaign itself; 0 for a draft that is not saved.</param>
    public static Eligibility Read(PortalDatabase database, long campaignId, CampaignSettings settings, DeliverySettings delivery, CustomerPlaces places, GlobalHoldout holdout, DateTimeOffset now)
    {
        using var connection = database.OpenReader();
        using var snapshot = database.BeginSnapshot(connection);
        return new Eligibility(connection, campaignId, settings, delivery, places, holdout, now);
    }

    /// <summary>The first reason against a customer; null when there is none.</summary>
    public DropReason? Against(long customer, string externalId)
    {
        if (!_everyone.Contains(customer)) return DropReason.Erased;
        if (!_addresses.Contains(customer)) return DropReason.NoAddress;
        if (!_consents.Contains(customer)) return DropReason.NoConsent;
        if (_forbidden.Contains(customer)) return DropReason.Suppressed;
        if (_paused.Contains(customer)) return DropReason.Paused;
        if (_left.Contains(customer)) return DropReason.TopicLeft;
        if (_buyers.Contains(customer)) return DropReason.RecentBuyer;
        if (_receivers.Contains(customer)) return DropReason.ReceivedOther;
        foreach (var (reason, customers) in _capped) if (customers.Contains(customer)) return reason;
        return _holdout.Holds(externalId, _now) ? DropReason.GlobalHoldout : null;
    }
}
