namespace CampaignPortal.Marketing.Imports.Mapping;

/// <summary>What the cells of a field look like; it helps to recognise the column and says what is impossible in it.</summary>
public enum FieldKind : byte
{
    Text,
    Identifier,
    Number,
    Money,
    Moment,
    Day,
    Flag,
    Email,
    Phone,
    Country,
    Currency,
    Url,
    Json,
}

/// <summary>A target that a column can be mapped to.</summary>
/// <param name="Name">Name in mappings, such as <c>occurred_at</c>.</param>
/// <param name="Synonyms">Other names of the column, in any language; case, blanks and punctuation do not count.</param>
public sealed record ImportField(string Name, FieldKind Kind, params string[] Synonyms)
{
    public bool IsRequired { get; init; }

    /// <summary>The smallest possible value of a number.</summary>
    public double? Least { get; init; }

    /// <summary>A trait of customers that a mapping names by itself: <c>trait:loyalty_level</c>.</summary>
    public const string TraitPrefix = "trait:";
}

/// <summary>Where consent comes from and on what basis it rests; an import that carries consent must state both (DI-08).</summary>
/// <param name="Source">Where the person gave it, such as <c>newsletter form 2025</c>.</param>
/// <param name="Basis">Legal basis and wording, such as <c>consent</c> or <c>existing customer</c>.</param>
public sealed record ConsentStatement(string Source, string Basis);
