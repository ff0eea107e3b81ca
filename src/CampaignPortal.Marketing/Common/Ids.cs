namespace CampaignPortal.Marketing.Common;

/// <summary>The portal's own number of a customer: dense from 1, so models can index arrays by it.</summary>
public readonly record struct CustomerId(long Value);

/// <summary>The portal's own number of an item of the catalogue: dense from 1.</summary>
public readonly record struct ItemId(long Value);
