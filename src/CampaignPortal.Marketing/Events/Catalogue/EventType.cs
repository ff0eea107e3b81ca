using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>What a source sends under one name, in counts. A projection: see <see cref="CatalogueProjection"/>.</summary>
public sealed class EventType
{
    /// <summary>A name of <see cref="KnownEvents"/>, or an event's own name.</summary>
    public required string Name { get; init; }
    public required string Source { get; init; }
    public long Count { get; init; }
    /// <summary>When the earliest of them happened.</summary>
    public DateTimeOffset FirstAt { get; init; }
    public DateTimeOffset LastAt { get; init; }
    /// <summary>Numbers of the newest ones, oldest first, with blanks between: where samples are read.</summary>
    public required string Recent { get; init; }
}

internal sealed class EventTypeConfiguration : IEntityTypeConfiguration<EventType>
{
    public void Configure(EntityTypeBuilder<EventType> builder) => builder.ToTable("EventTypes").HasKey(t => new { t.Name, t.Source });
}

/// <summary>How many events of one name and source happened in one hour. A projection.</summary>
/// <remarks>Hours instead of days, because a day begins where the shop is.</remarks>
public sealed class EventHour
{
    public required string Name { get; init; }
    public required string Source { get; init; }
    /// <summary>Whole hours since the year 1, UTC.</summary>
    public long Hour { get; init; }
    public long Count { get; init; }
}

internal sealed class EventHourConfiguration : IEntityTypeConfiguration<EventHour>
{
    public void Configure(EntityTypeBuilder<EventHour> builder) => builder.ToTable("EventHours").HasKey(h => new { h.Hour, h.Name, h.Source });
}

/// <summary>One property of the events of a name. A projection.</summary>
public sealed class EventProperty
{
    public required string EventName { get; init; }
    /// <summary>Name as sent; a column of the log begins with <c>$</c>.</summary>
    public required string Name { get; init; }
    /// <summary>Kind of the first value that came: a <see cref="PropertyKind"/>.</summary>
    public PropertyKind Kind { get; init; }
    public long TextCount { get; init; }
    public long NumberCount { get; init; }
    public long FlagCount { get; init; }
    public long MomentCount { get; init; }
    public long ListCount { get; init; }
    public long ObjectCount { get; init; }
    public DateTimeOffset FirstAt { get; init; }
    public DateTimeOffset LastAt { get; init; }
    /// <summary>The newest event that has it.</summary>
    public long LastSequence { get; init; }
    /// <summary>Kind that came newly after the first one; null while all values are of one kind.</summary>
    public PropertyKind? ChangedKind { get; init; }
    /// <summary>The event that brought it.</summary>
    public long? ChangedSequence { get; init; }
    public DateTimeOffset? ChangedAt { get; init; }

    public long Count => TextCount + NumberCount + FlagCount + MomentCount + ListCount + ObjectCount;
}

/// <summary>What a value is.</summary>
public enum PropertyKind
{
    Text, Number, Flag, Moment, List, Structure,
}

internal sealed class EventPropertyConfiguration : IEntityTypeConfiguration<EventProperty>
{
    public void Configure(EntityTypeBuilder<EventProperty> builder)
    {
        builder.ToTable("EventProperties").HasKey(p => new { p.EventName, p.Name });
        builder.Ignore(p => p.Count);
    }
}

/// <summary>What people say of an event, a property or an attribute. No projection: a rebuild leaves it alone.</summary>
public sealed class CatalogueEntry
{
    public CatalogueScope Scope { get; init; }
    public required string Name { get; init; }
    /// <summary>Empty for the event or attribute itself.</summary>
    public required string Property { get; init; }
    public string? DisplayName { get; set; }
    public string? Owner { get; set; }
    public string? Description { get; set; }
    /// <summary>Left out of lists and timelines.</summary>
    public bool IsHidden { get; set; }
    /// <summary>Refused at the door, into quarantine.</summary>
    public bool IsBlocked { get; set; }
    /// <summary>Never shown to people without the right to see who a customer is.</summary>
    public bool IsPrivate { get; set; }
    /// <summary>A change of type up to this event is known and accepted.</summary>
    public long AcceptedSequence { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
    public required string ChangedBy { get; set; }
}

/// <summary>What an entry of the catalogue is about.</summary>
public enum CatalogueScope
{
    Event, Trait, Item,
}

internal sealed class CatalogueEntryConfiguration : IEntityTypeConfiguration<CatalogueEntry>
{
    public void Configure(EntityTypeBuilder<CatalogueEntry> builder)
    {
        builder.ToTable("CatalogueEntries").HasKey(e => new { e.Scope, e.Name, e.Property });
        builder.Property(e => e.Scope).HasConversion<string>();
    }
}
