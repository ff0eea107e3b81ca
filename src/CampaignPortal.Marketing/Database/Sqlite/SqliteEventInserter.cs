using System.Data.Common;
using System.Text;
using CampaignPortal.Marketing.Events;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CampaignPortal.Marketing.Database.Sqlite;

/// <summary>The log's insert on the engine itself: the provider looks each parameter up by its name at every execution, which costs more than the insert.</summary>
internal sealed class SqliteEventInserter : IEventInserter
{
    private const string Sql =
        "insert into \"Events\" (\"Sequence\", \"Source\", \"MessageId\", \"PayloadHash\", \"Type\", \"CustomerId\", \"VisitorId\", \"OrderId\", \"OccurredAt\", \"SentAt\", "
        + "\"ReceivedAt\", \"ItemId\", \"CampaignId\", \"VariantId\", \"Quantity\", \"Amount\", \"Currency\", \"Properties\") "
        + "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (\"Source\", \"MessageId\") do nothing";

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private byte[] _text = new byte[4096];

    public SqliteEventInserter(DbConnection connection)
    {
        // By name, because the provider was compiled against a newer binding than the one that is here (SqliteBinding).
        _database = (sqlite3?)typeof(SqliteConnection).GetProperty("Handle")!.GetValue(connection) ?? throw new InvalidOperationException("The connection is closed.");
        ThrowUnless(raw.SQLITE_OK, raw.sqlite3_prepare_v2(_database, Sql, out _statement));
    }

    public bool Insert(in EventRow row)
    {
        Bind(1, row.Sequence);
        Bind(2, row.Source);
        Bind(3, row.Event.MessageId);
        Bind(4, row.PayloadHash);
        Bind(5, row.Event.Type);
        Bind(6, row.CustomerId);
        Bind(7, row.VisitorId);
        Bind(8, row.Event.OrderId);
        Bind(9, row.OccurredAt);
        Bind(10, row.SentAt);
        Bind(11, row.ReceivedAt);
        Bind(12, row.ItemId);
        Bind(13, row.Event.CampaignId);
        Bind(14, row.Event.VariantId);
        Bind(15, row.Quantity);
        Bind(16, row.Amount);
        Bind(17, row.Event.Currency);
        Bind(18, row.Event.Properties);
        var result = raw.sqlite3_step(_statement);
        var isNew = result is raw.SQLITE_DONE && raw.sqlite3_changes(_database) is 1;
        raw.sqlite3_reset(_statement);
        ThrowUnless(raw.SQLITE_DONE, result);
        return isNew;
    }

    private void ThrowUnless(int expected, int result)
    {
        if (result != expected) throw new SqliteException($"SQLite Error {result}: '{raw.sqlite3_errmsg(_database).utf8_to_string()}'.", result);
    }

    private void Bind(int index, long? value)
    {
        if (value is { } number) raw.sqlite3_bind_int64(_statement, index, number);
        else raw.sqlite3_bind_null(_statement, index);
    }

    // The engine copies the bytes, so one buffer serves all columns.
    private void Bind(int index, string? value)
    {
        if (value is null)
        {
            raw.sqlite3_bind_null(_statement, index);
            return;
        }
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (most > _text.Length) _text = new byte[Math.Max(_text.Length * 2, most)];
        raw.sqlite3_bind_text(_statement, index, _text.AsSpan(0, Encoding.UTF8.GetBytes(value, _text)));
    }
}
