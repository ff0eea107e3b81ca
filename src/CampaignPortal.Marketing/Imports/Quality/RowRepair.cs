using System.Globalization;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;

namespace CampaignPortal.Marketing.Imports.Quality;

/// <summary>What a person's choices make of a row before it is converted.</summary>
internal enum RepairResult : byte
{
    Keep,
    Drop,
    Refused,
}

/// <summary>Profiles every cell and carries out the choices that a person made for bad ones.</summary>
/// <param name="known">The report of a first pass over the file, where a choice needs medians, modes or fences.</param>
internal sealed class RowRepair(ImportPlan plan, IReadOnlyList<ColumnProfile> profiles, QualityReport? known)
{
    private readonly QualityChoice?[][] _choices =
        [.. plan.Columns.Select(column => Enum.GetValues<QualityProblem>().Select(problem => plan.Choices.FirstOrDefault(c => c.Column == column && c.Problem == problem)).ToArray())];

    private readonly bool _hasChoices = plan.Choices.Any(c => c.Action is not QualityAction.Keep && c.Problem is not QualityProblem.EqualRow);

    /// <summary>What is done about rows equal to an earlier one.</summary>
    public QualityAction EqualRows { get; } = plan.Choices.FirstOrDefault(c => c.Problem is QualityProblem.EqualRow)?.Action ?? QualityAction.Keep;

    public RepairResult Apply(ImportRow row, out Refusal? refusal)
    {
        refusal = null;
        var result = RepairResult.Keep;
        for (var i = 0; i < profiles.Count; i++)
        {
            var cell = row[i];
            var problem = profiles[i].Add(cell);
            if (!_hasChoices || result is not RepairResult.Keep) continue;
            if (problem is null && IsOutlier(i, cell)) problem = QualityProblem.Outlier;
            if (problem is { } found && _choices[i][(int)found] is { } choice) result = Mend(row, i, choice, out refusal);
        }
        return result;
    }

    private RepairResult Mend(ImportRow row, int column, QualityChoice choice, out Refusal? refusal)
    {
        refusal = null;
        var quality = known?.Columns[column];
        switch (choice.Action)
        {
            case QualityAction.Drop:
                return RepairResult.Drop;
            case QualityAction.Quarantine:
                var name = plan.Columns[column];
                refusal = new Refusal(choice.Problem is QualityProblem.Missing ? QuarantineReasons.FieldMissing : QuarantineReasons.FieldRange, name, $"{choice.Problem} in {name}: '{row[column]}'. The mapping says to put such rows aside.");
                return RepairResult.Refused;
            case QualityAction.FillConstant:
                row.Mend(column, choice.Value!); // checked with the plan
                break;
            case QualityAction.FillMode when quality?.Mode is { } mode:
                row.Mend(column, mode);
                break;
            case QualityAction.FillMedian when quality?.Numbers is { } numbers:
                row.Mend(column, Write(numbers.Median));
                break;
            case QualityAction.Cap when quality?.Numbers is { } fences && plan.Numbers.TryParse(row[column], out var number):
                row.Mend(column, Write(number / 10_000.0 < fences.LowFence ? fences.LowFence : fences.HighFence));
                break;
        }
        return RepairResult.Keep;
    }

    private bool IsOutlier(int column, ReadOnlySpan<char> cell) =>
        _choices[column][(int)QualityProblem.Outlier] is not null
        && known?.Columns[column].Numbers is { } numbers && plan.Numbers.TryParse(cell, out var number)
        && (number / 10_000.0 < numbers.LowFence || number / 10_000.0 > numbers.HighFence);

    private string Write(double value) => value.ToString("0.####", CultureInfo.InvariantCulture).Replace('.', plan.Numbers.DecimalMark);
}
