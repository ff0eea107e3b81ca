using System.Data.Common;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Campaigns.Results;

internal enum HourFigure
{
    Sent, Opened, Clicked, Ordered,
}

/// <summary>The rows that one page of the log concerns: each read once, changed in memory, written back together with the sums.</summary>
/// <param name="transaction">Of the projection.</param>
/// <param name="ordersFrom">Runs that were due earlier (UTC ticks) cannot be credited with an order of this page.</param>
internal sealed class RecipientBook(DbTransaction transaction, long ordersFrom) : IDisposable
{
    private const string Columns =
        "\"CampaignId\", \"Occurrence\", \"CustomerId\", \"Part\", \"VariantId\", \"ExposedAt\", \"SentAt\", \"BouncedAt\", \"OpenedAt\", \"MachineOpenedAt\", \"ClickedAt\", \"MachineClickedAt\", "
        + "\"UnsubscribedAt\", \"ComplainedAt\", \"OrderedAt\", \"OrderedAfterClick\", \"Revenue\", \"AttributedRevenue\", \"SawAnother\"";

    private readonly Dictionary<long, List<RecipientRow>> _rows = [];
    private readonly HashSet<(long Customer, long Campaign)> _read = [];
    private readonly HashSet<long> _readForOrders = [];
    private readonly Dictionary<(long Campaign, long Variant, long Hour), HourDelta> _hours = [];
    private readonly DbCommand _ofCampaign = transaction.Prepare($"select {Columns} from \"CampaignRecipients\" where \"CustomerId\" = @0 and \"CampaignId\" = @1", 2);
    private readonly DbCommand _followed = transaction.Prepare("insert into \"CampaignClicks\" (\"CampaignId\", \"VariantId\", \"Link\", \"CustomerId\", \"Url\") values (@0, @1, @2, @3, @4) on conflict do nothing", 5);
    private readonly DbCommand _recent = transaction.Prepare($"select {Columns} from \"CampaignRecipients\" where \"CustomerId\" = @0 and \"ExposedAt\" > @1", 2);

    /// <summary>Runs of which the customer is a part and that an order of this page may be credited to.</summary>
    public IReadOnlyList<RecipientRow> ForOrders(long customer)
    {
        if (_readForOrders.Add(customer)) Take(_recent, customer, ordersFrom);
        return _rows.GetValueOrDefault(customer) ?? [];
    }

    /// <summary>Whether a later run of the same campaign had reached the customer by then.</summary>
    public bool IsFollowed(RecipientRow row, long at) => _rows[row.CustomerId].Exists(r => r.CampaignId == row.CampaignId && r.Occurrence > row.Occurrence && r.ExposedAt <= at);

    /// <summary>The customer's part in the newest run of a campaign; null when there is none.</summary>
    public RecipientRow? Newest(long customer, long campaign)
    {
        RecipientRow? newest = null;
        foreach (var row in Of(customer, campaign)) if (row.CampaignId == campaign && (newest is null || row.Occurrence > newest.Occurrence)) newest = row;
        newest?.Touch();
        return newest;
    }

    public RecipientRow GetOrAdd(long customer, long campaign, long occurrence, RunPart part)
    {
        var rows = Of(customer, campaign);
        var row = rows.Find(r => r.CampaignId == campaign && r.Occurrence == occurrence);
        if (row is null) rows.Add(row = new RecipientRow { CampaignId = campaign, Occurrence = occurrence, CustomerId = customer, Part = part });
        row.Touch();
        return row;
    }

    /// <summary>Sets a first moment and counts it in its hour; a later one changes nothing.</summary>
    public void Count(RecipientRow row, long at, ref long? moment, HourFigure figure)
    {
        if (moment is not null) return;
        moment = at;
        row.Touch();
        ref var hour = ref HourOf(row, at);
        switch (figure)
        {
            case HourFigure.Sent: hour.Sent++; break;
            case HourFigure.Opened: hour.Opened++; break;
            case HourFigure.Clicked: hour.Clicked++; break;
            case HourFigure.Ordered: hour.Ordered++; break;
        }
    }

    /// <summary>Notes that the person followed a link; again changes nothing.</summary>
    public void Followed(RecipientRow row, (int Link, string? Url) link) => _followed.Run(row.CampaignId, row.VariantId, link.Link, row.CustomerId, link.Url);

    public void AddRevenue(RecipientRow row, long at, long amount) => HourOf(row, at).Revenue += amount;

    /// <summary>Writes what changed.</summary>
    public void Save()
    {
        var sums = new Dictionary<ArmKey, ArmDelta>();
        using var save = transaction.Prepare(SaveRow, 19);
        foreach (var row in _rows.Values.SelectMany(r => r).Where(r => r.IsTouched))
        {
            save.Run(
                row.CampaignId, row.Occurrence, row.CustomerId, (int)row.Part, row.VariantId, row.ExposedAt, row.SentAt, row.BouncedAt, row.OpenedAt, row.MachineOpenedAt, row.ClickedAt, row.MachineClickedAt,
                row.UnsubscribedAt, row.ComplainedAt, row.OrderedAt, row.OrderedAfterClick, row.Revenue, row.AttributedRevenue, row.SawAnother);
            foreach (var (key, delta) in row.Changes()) CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _) += delta;
        }
        SaveSums(sums);
        SaveHours();
    }

    public void Dispose()
    {
        _followed.Dispose();
        _ofCampaign.Dispose();
        _recent.Dispose();
    }

    private static readonly string SaveRow =
        $"insert into \"CampaignRecipients\" ({Columns}) values ({string.Join(", ", Enumerable.Range(0, 19).Select(i => FormattableString.Invariant($"@{i}")))}) "
        + "on conflict (\"CampaignId\", \"Occurrence\", \"CustomerId\") do update set "
        + string.Join(", ", Columns.Split(", ").Skip(3).Select(c => $"{c} = excluded.{c}"));

    private List<RecipientRow> Of(long customer, long campaign)
    {
        if (_read.Add((customer, campaign))) Take(_ofCampaign, customer, campaign);
        ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, customer, out _);
        return rows ??= [];
    }

    // What is known already may have been changed by this page: it stays.
    private void Take(DbCommand command, long customer, long value)
    {
        command.Set(0, customer);
        command.Set(1, value);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = Read(reader);
            ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, customer, out _);
            rows ??= [];
            if (!rows.Exists(r => r.CampaignId == row.CampaignId && r.Occurrence == row.Occurrence)) rows.Add(row);
        }
    }

    private ref HourDelta HourOf(RecipientRow row, long at) => ref CollectionsMarshal.GetValueRefOrAddDefault(_hours, (row.CampaignId, row.VariantId, at / TimeSpan.TicksPerHour), out _);

    private static RecipientRow Read(DbDataReader reader) => new RecipientRow
    {
        CampaignId = reader.GetInt64(0),
        Occurrence = reader.GetInt64(1),
        CustomerId = reader.GetInt64(2),
        Part = (RunPart)reader.GetInt32(3),
        VariantId = reader.GetInt64(4),
        ExposedAt = reader.NumberOrNull(5),
        SentAt = reader.NumberOrNull(6),
        BouncedAt = reader.NumberOrNull(7),
        OpenedAt = reader.NumberOrNull(8),
        MachineOpenedAt = reader.NumberOrNull(9),
        ClickedAt = reader.NumberOrNull(10),
        MachineClickedAt = reader.NumberOrNull(11),
        UnsubscribedAt = reader.NumberOrNull(12),
        ComplainedAt = reader.NumberOrNull(13),
        OrderedAt = reader.NumberOrNull(14),
        OrderedAfterClick = reader.GetBoolean(15),
        Revenue = reader.GetInt64(16),
        AttributedRevenue = reader.GetInt64(17),
        SawAnother = reader.GetBoolean(18),
    }.Loaded();

    private void SaveSums(Dictionary<ArmKey, ArmDelta> sums)
    {
        const string Figures =
            "\"Assigned\", \"Sent\", \"Bounced\", \"Opened\", \"OpenedByMachine\", \"Clicked\", \"ClickedByMachine\", \"Unsubscribed\", \"Complained\", \"Ordered\", \"OrderedAfterClick\", \"Buyers\", "
            + "\"Revenue\", \"RevenueSquares\", \"AttributedRevenue\", \"SawAnother\"";
        using var save = transaction.Prepare(
            $"insert into \"CampaignArmDays\" (\"CampaignId\", \"Occurrence\", \"Part\", \"VariantId\", \"Day\", {Figures}) values ({string.Join(", ", Enumerable.Range(0, 21).Select(i => FormattableString.Invariant($"@{i}")))}) "
            + "on conflict (\"CampaignId\", \"Occurrence\", \"Part\", \"VariantId\", \"Day\") do update set "
            + string.Join(", ", Figures.Split(", ").Select(f => $"{f} = \"CampaignArmDays\".{f} + excluded.{f}")),
            21);
        foreach (var (k, d) in sums.OrderBy(s => (s.Key.CampaignId, s.Key.Occurrence, s.Key.Part, s.Key.VariantId, s.Key.Day)))
        {
            if (d == default) continue;
            save.Run(
                k.CampaignId, k.Occurrence, (int)k.Part, k.VariantId, k.Day, d.Assigned, d.Sent, d.Bounced, d.Opened, d.OpenedByMachine, d.Clicked, d.ClickedByMachine, d.Unsubscribed, d.Complained,
                d.Ordered, d.OrderedAfterClick, d.Buyers, d.Revenue, d.RevenueSquares, d.AttributedRevenue, d.SawAnother);
        }
    }

    private void SaveHours()
    {
        using var save = transaction.Prepare(
            "insert into \"CampaignHours\" (\"CampaignId\", \"VariantId\", \"Hour\", \"Sent\", \"Opened\", \"Clicked\", \"Ordered\", \"Revenue\") values (@0, @1, @2, @3, @4, @5, @6, @7) "
            + "on conflict (\"CampaignId\", \"VariantId\", \"Hour\") do update set \"Sent\" = \"CampaignHours\".\"Sent\" + excluded.\"Sent\", \"Opened\" = \"CampaignHours\".\"Opened\" + excluded.\"Opened\", "
            + "\"Clicked\" = \"CampaignHours\".\"Clicked\" + excluded.\"Clicked\", \"Ordered\" = \"CampaignHours\".\"Ordered\" + excluded.\"Ordered\", \"Revenue\" = \"CampaignHours\".\"Revenue\" + excluded.\"Revenue\"",
            8);
        foreach (var ((campaign, variant, hour), d) in _hours.OrderBy(h => h.Key)) save.Run(campaign, variant, hour, d.Sent, d.Opened, d.Clicked, d.Ordered, d.Revenue);
    }

    private struct HourDelta
    {
        public long Sent, Opened, Clicked, Ordered, Revenue;
    }
}
