using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Delivery.Tracking;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>The Message-ID of a mail: a keyed hash of its key, so that it is the same whenever it is made and tells nobody who the customer is.</summary>
public sealed class MessageIdHeaders(DeliveryKeys keys)
{
    private const int HashBytes = 16;

    /// <summary>The part before the @; the domain is that of the sender.</summary>
    public string Of(PlannedMessage message)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{message.CampaignId}/{message.StepId}/{message.CustomerId}/{message.Occurrence}/{message.Channel}");
        return Convert.ToHexStringLower(HMACSHA256.HashData(keys.MessageIds, Encoding.ASCII.GetBytes(key)).AsSpan(0, HashBytes));
    }
}
