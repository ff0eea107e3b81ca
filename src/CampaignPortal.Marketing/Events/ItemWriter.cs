using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events;

/// <summary>Adds and changes items of the catalogue in the log's transaction.</summary>
internal sealed class ItemWriter
{
    private static readonly string[] Clearable = [nameof(ItemDraft.Name), nameof(ItemDraft.Description), nameof(ItemDraft.Category), nameof(ItemDraft.Price), nameof(ItemDraft.Currency), nameof(ItemDraft.ImageUrl), nameof(ItemDraft.Url), nameof(ItemDraft.Stock), nameof(ItemDraft.Attributes)];

    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);
    private DbConnection? _connection;
    private DbCommand? _find, _last, _insert, _update, _fill;
    private long? _lastId;

    /// <summary>The number of an item; one that is only named so far is added without a name.</summary>
    public long Resolve(DbTransaction transaction, string externalId, DateTimeOffset now)
    {
        if (_known.TryGetValue(externalId, out var id)) return id;
        Join(transaction);
        return _known[externalId] = _find!.RunScalar(externalId) ?? Insert(new ItemDraft(externalId), now);
    }

    public void Upsert(DbTransaction transaction, ItemDraft draft, DateTimeOffset now)
    {
        Join(transaction);
        if (!_known.TryGetValue(draft.ExternalId, out var id) && _find!.RunScalar(draft.ExternalId) is not { } stored)
        {
            _known[draft.ExternalId] = Insert(draft, now);
            return;
        }
        if (id is 0) _known[draft.ExternalId] = id = _find!.RunScalar(draft.ExternalId)!.Value; // found just above
        Bind(draft.FillOnly ? _fill! : _update!, id, draft, now).ExecuteNonQuery();
        foreach (var part in draft.Cleared.Intersect(Clearable, StringComparer.Ordinal)) transaction.Execute($"update \"Items\" set \"{part}\" = null, \"UpdatedAt\" = @1 where \"Id\" = @0", id, Stored.Ticks(now));
    }

    public void Forget()
    {
        _known.Clear();
        _lastId = null;
    }

    private long Insert(ItemDraft draft, DateTimeOffset now)
    {
        _lastId ??= _last!.RunScalar() ?? 0;
        var id = _lastId.Value + 1;
        var insert = Bind(_insert!, id, draft, now); // joined by the caller
        insert.Set(12, draft.ExternalId);
        insert.ExecuteNonQuery();
        _lastId = id;
        return id;
    }

    private static DbCommand Bind(DbCommand command, long id, ItemDraft draft, DateTimeOffset now)
    {
        command.Set(0, id);
        command.Set(1, draft.Name);
        command.Set(2, draft.Description);
        command.Set(3, draft.Category);
        command.Set(4, draft.Price is { } price ? Stored.TenThousandths(price) : null);
        command.Set(5, draft.Currency);
        command.Set(6, draft.ImageUrl);
        command.Set(7, draft.Url);
        command.Set(8, draft.Stock is { } stock ? Stored.TenThousandths(stock) : null);
        command.Set(9, draft.Attributes);
        command.Set(10, IsOffered(draft.Attributes) ? 1L : 0L);
        command.Set(11, Stored.Ticks(now));
        return command;
    }

    private static bool IsOffered(string? attributes)
    {
        if (attributes is null || !attributes.Contains("\"offered\"", StringComparison.Ordinal)) return true;
        using var document = JsonDocument.Parse(attributes);
        return !document.RootElement.TryGetProperty("offered", out var offered) || offered.ValueKind is not JsonValueKind.False;
    }

    private void Join(DbTransaction transaction)
    {
        if (!ReferenceEquals(_connection, transaction.Connection))
        {
            _connection = transaction.Connection;
            _find = transaction.Prepare("select \"Id\" from \"Items\" where \"ExternalId\" = @0", 1);
            _last = transaction.Prepare("select max(n) from (select max(\"Id\") as n from \"Items\" union all select max(\"ItemId\") from \"RetractedEvents\") as numbers", 0);
            _insert = transaction.Prepare(
                "insert into \"Items\" (\"Id\", \"Name\", \"Description\", \"Category\", \"Price\", \"Currency\", \"ImageUrl\", \"Url\", \"Stock\", \"Attributes\", \"IsOffered\", \"UpdatedAt\", \"CreatedAt\", \"ExternalId\") "
                + "values (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @11, @12)",
                13);
            // A column that the draft leaves out keeps its value; with FillOnly it keeps any value.
            _update = transaction.Prepare(UpdateText((column, parameter) => $"coalesce({parameter}, {column})", "case when @9 is null then \"IsOffered\" else @10 end", "1 = 1"), 12);
            _fill = transaction.Prepare(
                UpdateText((column, parameter) => $"coalesce({column}, {parameter})", "\"IsOffered\"", "(\"Name\" is null and @1 is not null or \"Category\" is null and @3 is not null or \"Price\" is null and @4 is not null)"), 12);
        }
        _find!.Transaction = _last!.Transaction = _insert!.Transaction = _update!.Transaction = _fill!.Transaction = transaction;
    }

    private static string UpdateText(Func<string, string, string> merge, string offered, string condition)
    {
        string[] columns = ["\"Name\"", "\"Description\"", "\"Category\"", "\"Price\"", "\"Currency\"", "\"ImageUrl\"", "\"Url\"", "\"Stock\"", "\"Attributes\""];
        var assignments = columns.Select((column, i) => $"{column} = {merge(column, FormattableString.Invariant($"@{i + 1}"))}");
        return $"update \"Items\" set {string.Join(", ", assignments)}, \"IsOffered\" = {offered}, \"UpdatedAt\" = @11 where \"Id\" = @0 and {condition}";
    }
}
