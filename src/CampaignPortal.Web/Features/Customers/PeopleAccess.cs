using System.Security.Claims;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Web.Identity;

namespace CampaignPortal.Web.Features.Customers;

/// <summary>What a reader may see of customers, from their claims.</summary>
public static class PeopleAccess
{
    /// <summary>Their own customers and those of nobody, or everybody (docs/adr/0008).</summary>
    public static CustomerScope ScopeOfCustomers(this ClaimsPrincipal user) => user.AccessTo(Capabilities.ReadCustomers) is Access.Own ? new CustomerScope(user.UserId() ?? -1) : CustomerScope.Everybody;

    /// <summary>Whether names and addresses are shown whole.</summary>
    public static bool SeesIdentified(this ClaimsPrincipal user) => user.AccessTo(Capabilities.ReadCustomers) is Access.Full or Access.Own;
}
