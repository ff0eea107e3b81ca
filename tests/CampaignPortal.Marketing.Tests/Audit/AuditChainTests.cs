using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Audit;

public sealed class AuditChainTests : IAsyncLifetime
{
    private static readonly Actor Admin = new("1", "192.0.2.7");
    private TestStore _store = null!; // opened before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private AuditChain Chain => _store.Get<AuditChain>();

    public async ValueTask InitializeAsync()
    {
        _store = await TestStore.OpenAsync();
        for (var i = 1; i <= 5; i++) await _store.Get<AuditTrail>().WriteAsync(Admin, new AuditFact("users.manage role", $"user {i}", "Analyst", "Marketer"), Stop);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public void An_untouched_log_is_intact()
    {
        var result = Chain.Verify();
        Assert.Equal((AuditFault.None, 5L, 0L), (result.Fault, result.EntryCount, result.UnsealedCount));
    }

    [Fact]
    public async Task Entries_that_came_another_way_count_as_unsealed_until_they_are_sealed()
    {
        await using (var db = await _store.ContextAsync())
        {
            db.AuditEntries.Add(new AuditEntry { At = _store.Clock.GetUtcNow(), Actor = "command line", Action = "customers.erase", Target = "customer 7" });
            await db.SaveChangesAsync(Stop);
        }
        Assert.Equal((AuditFault.None, 1L), (Chain.Verify().Fault, Chain.Verify().UnsealedCount));

        Assert.Equal(1, await Chain.SealAsync(Stop));
        Assert.Equal((AuditFault.None, 0L), (Chain.Verify().Fault, Chain.Verify().UnsealedCount));
        Assert.Equal(0, await Chain.SealAsync(Stop));
    }

    [Theory, Trait("Promise", "S-52")]
    [InlineData("update \"AuditEntries\" set \"After\" = 'Admin' where \"Id\" = 3", 3L)]
    [InlineData("update \"AuditEntries\" set \"Actor\" = '2' where \"Id\" = 1", 1L)]
    [InlineData("update \"AuditEntries\" set \"At\" = \"At\" + 10 where \"Id\" = 5", 5L)]
    [InlineData("update \"AuditEntries\" set \"Target\" = null, \"Detail\" = \"Target\" where \"Id\" = 2", 2L)]
    [InlineData("delete from \"AuditEntries\" where \"Id\" = 1", 2L)]
    [InlineData("delete from \"AuditEntries\" where \"Id\" = 3", 4L)]
    [InlineData("update \"AuditEntries\" set \"Id\" = case \"Id\" when 2 then -3 else -2 end where \"Id\" in (2, 3); update \"AuditEntries\" set \"Id\" = -\"Id\" where \"Id\" < 0", 2L)]
    [InlineData("update \"AuditEntries\" set \"Seal\" = null where \"Id\" = 3", 4L)]
    [InlineData("insert into \"AuditEntries\" (\"Id\", \"At\", \"Actor\", \"Action\") values (0, 1, '1', 'users.manage role')", 1L)]
    public async Task A_change_in_the_past_is_found_where_it_is(string sql, long firstBad)
    {
        await _store.Database.WriteAsync(transaction => transaction.Execute(sql), Stop);
        var result = Chain.Verify();
        Assert.Equal((AuditFault.Broken, firstBad), (result.Fault, result.FirstBadId));
    }

    [Theory, Trait("Promise", "S-52")]
    [InlineData("delete from \"AuditEntries\" where \"Id\" = 5")]
    [InlineData("delete from \"AuditEntries\" where \"Id\" >= 2")]
    [InlineData("delete from \"AuditEntries\"")]
    public async Task Entries_cut_off_at_the_end_are_missed(string sql)
    {
        await _store.Database.WriteAsync(transaction => transaction.Execute(sql), Stop);
        Assert.Equal(AuditFault.CutOff, Chain.Verify().Fault);
    }

    [Fact, Trait("Promise", "S-52")]
    public async Task A_log_that_was_written_anew_by_somebody_without_the_key_does_not_pass()
    {
        await using var other = await TestStore.OpenAsync();
        for (var i = 1; i <= 5; i++) await other.Get<AuditTrail>().WriteAsync(Admin, new AuditFact("users.manage role", $"user {i}", "Analyst", "Analyst"), Stop);
        var seals = SealsOf(other);
        await _store.Database.WriteAsync(
            transaction =>
            {
                for (var i = 0; i < seals.Count; i++) transaction.Execute("update \"AuditEntries\" set \"After\" = 'Analyst', \"Seal\" = @1 where \"Id\" = @0", i + 1, seals[i]);
            },
            Stop);
        Assert.Equal((AuditFault.Broken, 1L), (Chain.Verify().Fault, Chain.Verify().FirstBadId));
    }

    [Fact]
    public async Task Facts_are_noted_only_when_the_work_was_done()
    {
        Assert.False(await _store.Get<AuditTrail>().WriteAsync(Admin, [new AuditFact("settings.write", "shop.name")], _ => false, Stop));
        Assert.Equal(5, Chain.Verify().EntryCount);
    }

    [Fact]
    public async Task The_list_is_filtered_and_paged_and_names_people()
    {
        var list = _store.Get<ListAuditHandler>();
        for (var i = 0; i < ListAuditHandler.PageSize; i++) await _store.Get<AuditTrail>().WriteAsync(new Actor("command line", null), new AuditFact("sessions.start", $"user {i}"), Stop);

        var first = await list.HandleAsync(new ListAudit(null, null, null, null, null, null), Stop);
        var second = await list.HandleAsync(new ListAudit(null, null, null, null, null, first.Next), Stop);
        Assert.Equal((ListAuditHandler.PageSize, 5), (first.Rows.Count, second.Rows.Count));
        Assert.Null(second.Next);
        Assert.Equal(55, first.Rows.Concat(second.Rows).Select(r => r.Id).Distinct().Count());

        Assert.Equal(5, (await list.HandleAsync(new ListAudit(null, "users", null, null, null, null), Stop)).Rows.Count);
        Assert.Single((await list.HandleAsync(new ListAudit("user 3", null, "1", null, null, null), Stop)).Rows);
        Assert.Empty((await list.HandleAsync(new ListAudit(null, null, null, _store.Clock.GetUtcNow().AddHours(1), null, null), Stop)).Rows);
        Assert.Equal(["sessions", "users"], (await list.FiltersAsync(Stop)).Areas);
    }

    private static List<byte[]> SealsOf(TestStore store)
    {
        var seals = new List<byte[]>();
        using var reader = store.Database.OpenReader();
        using var command = reader.Prepare("select \"Seal\" from \"AuditEntries\" order by \"Id\"", 0);
        using var rows = command.ExecuteReader();
        while (rows.Read()) seals.Add((byte[])rows[0]);
        return seals;
    }
}
