using System.Data.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>What a model said of a customer, kept when it was something new: the way of a score, and the segments somebody went through.</summary>
public sealed class ScorePoint
{
    public long CustomerId { get; init; }
    public required string Model { get; init; }
    public DateTimeOffset AsOf { get; init; }
    public int Version { get; init; }
    public double Value { get; init; }
}

internal sealed class ScorePointConfiguration : IEntityTypeConfiguration<ScorePoint>
{
    public void Configure(EntityTypeBuilder<ScorePoint> builder)
    {
        builder.ToTable("ScoreHistory").HasKey(p => new { p.CustomerId, p.Model, p.AsOf });
        builder.HasIndex(p => new { p.Model, p.AsOf }); // who moved at the newest scoring
    }
}

/// <summary>Adds to the history inside the turn that writes the scores.</summary>
internal static class ScoreHistory
{
    /// <summary>A change below a twentieth of the last kept value, or below one point, is noise; a segment has no small changes.</summary>
    private const double NotableShare = 0.05, NotablePoints = 0.01;

    /// <summary>A command for <see cref="Add"/>.</summary>
    public static DbCommand Prepare(DbTransaction transaction) => transaction.Prepare(
        "insert into \"ScoreHistory\" (\"CustomerId\", \"Model\", \"AsOf\", \"Version\", \"Value\") select @0, @1, @2, @3, @4 "
        + "where not exists (select 1 from (select \"Value\" from \"ScoreHistory\" where \"CustomerId\" = @0 and \"Model\" = @1 and \"AsOf\" < @2 order by \"AsOf\" desc limit 1) last "
        + "where abs(last.\"Value\" - @4) <= (case when @5 * abs(last.\"Value\") > @6 then @5 * abs(last.\"Value\") else @6 end)) "
        + "on conflict (\"CustomerId\", \"Model\", \"AsOf\") do update set \"Version\" = excluded.\"Version\", \"Value\" = excluded.\"Value\"",
        7);

    public static void Add(DbCommand command, long customerId, string model, DateTimeOffset asOf, int version, double value)
    {
        var isSegment = model is ModelNames.Segments;
        command.Run(customerId, model, Stored.Ticks(asOf), version, value, isSegment ? 0.0 : NotableShare, isSegment ? 0.0 : NotablePoints);
    }
}
