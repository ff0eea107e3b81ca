namespace CampaignPortal.Web.Components.Shared;

/// <param name="Text">As written in the cell.</param>
/// <param name="Value">Decides the shade.</param>
/// <param name="IsOpen">Not all of it has happened yet.</param>
public sealed record TriangleCell(string Text, double Value, bool IsOpen);

/// <param name="Hidden">In place of cells: why there are none.</param>
public sealed record TriangleRow(string Label, string Size, IReadOnlyList<TriangleCell> Cells, string? Hidden = null);
