using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Customers;

public sealed class CustomerOwnersTests
{
    private const long Mine = 7, Other = 8;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_representative_sees_their_own_customers_and_those_of_nobody_through_every_door()
    {
        await using var store = await TestStore.OpenAsync(configure: services => services.AddInsights());
        foreach (var customer in new[] { "c-1", "c-2", "c-3" })
        {
            await store.Log.AppendAsync(
                new EventBatch("shop", [An.OrderLine("o-" + customer, 1, customer, at: ManualClock.Noon.AddDays(-3))]) { Contacts = [new ContactDraft(customer) { Email = $"{customer}@example.com" }] }, Ct);
        }
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        var list = store.Get<ListCustomersHandler>();
        var all = new ListCustomers(null, CustomerFilter.None, CustomerSort.Spent, true, null);
        Assert.Equal(3, (await list.HandleAsync(all, Ct)).Rows.Count); // before anybody looks after anybody
        await store.Get<CustomerOwners>().AssignAsync(1, Mine, by: 1, Ct);
        await store.Get<CustomerOwners>().AssignAsync(2, Other, by: 1, Ct);
        var scope = new CustomerScope(Mine);

        Assert.Equal([1L, 3L], (await list.HandleAsync(all with { Scope = scope }, Ct)).Rows.Select(r => r.Id));
        Assert.Equal(2, (await list.HandleAsync(all with { Scope = scope }, Ct)).MatchCount);
        Assert.Equal(2, (await list.HandleAsync(all with { Scope = scope }, Ct)).TotalCount);
        Assert.Equal([1L], (await list.HandleAsync(all with { Scope = scope, Filter = new CustomerFilter { AssignedTo = Mine } }, Ct)).Rows.Select(r => r.Id));
        var found = await list.HandleAsync(all with { Scope = scope, Search = "c-2@example" }, Ct);
        Assert.Empty(found.Rows);
        Assert.DoesNotContain(2L, found.Similar.Select(r => r.Id));
        Assert.Equal([1L, 3L], await list.NumbersAsync(all with { Scope = scope }, Ct));

        var pages = store.Get<ReadCustomerHandler>();
        Assert.Null(await pages.HandleAsync(2, scope, Ct)); // as if there were no such customer
        Assert.NotNull(await pages.HandleAsync(1, scope, Ct));
        Assert.NotNull(await pages.HandleAsync(2, new CustomerScope(Other), Ct));
        Assert.NotNull(await pages.HandleAsync(2, CustomerScope.Everybody, Ct));
    }

    [Fact]
    public async Task One_look_at_a_profile_is_one_row_of_the_audit()
    {
        await using var store = await TestStore.OpenAsync();
        var views = store.Get<ProfileViews>();
        await views.RecordAsync(Mine, 1, Ct);
        await views.RecordAsync(Mine, 1, Ct);
        await views.RecordAsync(Mine, 2, Ct);
        await views.RecordAsync(Other, 1, Ct);
        store.Clock.Advance(TimeSpan.FromMinutes(6));
        await views.RecordAsync(Mine, 1, Ct);
        await using var db = await store.ContextAsync();
        Assert.Equal(["customer 1", "customer 2", "customer 1", "customer 1"], db.AuditEntries.Where(a => a.Action == "customers.read profile").OrderBy(a => a.Id).Select(a => a.Target));
    }
}
