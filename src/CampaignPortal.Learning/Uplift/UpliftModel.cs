using System.Globalization;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tabular;

namespace CampaignPortal.Learning.Uplift;

/// <summary>A fitted uplift model, or the mean of several. Immutable and safe for concurrent use.</summary>
public sealed class UpliftModel : IStorable<UpliftModel>
{
    private readonly Member[] _members;

    private UpliftModel(params Member[] members) => _members = members;

    /// <summary>How a member turns scores into an effect.</summary>
    private enum Form
    {
        /// <summary>Probability with the treatment column at 1 less that at 0.</summary>
        Single,

        /// <summary>Probability of the first scorer less that of the second.</summary>
        Difference,

        /// <summary>The score itself.</summary>
        Effect,

        /// <summary>Twice the probability less 1.</summary>
        Transformed,

        /// <summary>(1 − share)·first + share·second.</summary>
        Mixed,
    }

    /// <inheritdoc/>
    public static string Kind => "uplift";

    /// <summary>The mean of models of one schema.</summary>
    public static UpliftModel MeanOf(IReadOnlyList<UpliftModel> models) => new([.. models.SelectMany(m => m._members)]);

    /// <summary>Expected change of the outcome's probability by the treatment, for each row.</summary>
    public void PredictMany(Matrix rows, Span<double> uplift)
    {
        if (uplift.Length != rows.RowCount) throw new ArgumentException($"{rows.RowCount} rows need as many results; got room for {uplift.Length}.", nameof(uplift));
        uplift.Clear();
        foreach (var member in _members)
        {
            var own = Effects(member, rows);
            for (var i = 0; i < own.Length; i++) uplift[i] += own[i] / _members.Length;
        }
    }

    /// <summary>Expected change of the outcome's probability by the treatment, for one row.</summary>
    public double Predict(ReadOnlySpan<float> row)
    {
        Span<double> result = stackalloc double[1];
        PredictMany(new Matrix(1, row.Length, row.ToArray()), result);
        return result[0];
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["forms"] = StoredLists.Of(_members.Select(m => m.Form.ToString()));
        part.Put("shares", _members.Select(m => m.Share).ToArray());
        for (var m = 0; m < _members.Length; m++)
        {
            ScorerParts.Put(part, PartName(m, 0), _members[m].First);
            if (_members[m].Second is { } second) ScorerParts.Put(part, PartName(m, 1), second);
        }
    }

    /// <inheritdoc/>
    public static UpliftModel Restore(ModelPart part)
    {
        var forms = StoredLists.Strings(part, "forms");
        if (forms.Length is 0 or > 100) throw new InvalidDataException("An uplift model has 1 to 100 members.");
        var shares = part.Get<double>("shares", forms.Length);
        var members = new Member[forms.Length];
        for (var m = 0; m < members.Length; m++)
        {
            if (!Enum.TryParse<Form>(forms[m], out var form)) throw new InvalidDataException($"'{forms[m]}' is not a known form of an uplift model.");
            var second = form is Form.Difference or Form.Mixed ? ScorerParts.Get(part, PartName(m, 1)) : null;
            members[m] = new Member(form, ScorerParts.Get(part, PartName(m, 0)), second, shares[m]);
        }
        return new UpliftModel(members);
    }

    internal static UpliftModel Single(ITabularScorer scorer) => new(new Member(Form.Single, scorer, null, 0));

    internal static UpliftModel Difference(ITabularScorer treated, ITabularScorer control) => new(new Member(Form.Difference, treated, control, 0));

    internal static UpliftModel Effect(ITabularScorer scorer) => new(new Member(Form.Effect, scorer, null, 0));

    internal static UpliftModel Transformed(ITabularScorer scorer) => new(new Member(Form.Transformed, scorer, null, 0));

    internal static UpliftModel Mixed(ITabularScorer treated, ITabularScorer control, double share) => new(new Member(Form.Mixed, treated, control, share));

    /// <summary>The rows with the treatment as last column.</summary>
    internal static Matrix WithTreatment(Matrix rows, Func<int, float> treatment)
    {
        var result = new Matrix(rows.RowCount, rows.ColumnCount + 1);
        for (var i = 0; i < rows.RowCount; i++)
        {
            rows.Row(i).CopyTo(result.Row(i));
            result[i, rows.ColumnCount] = treatment(i);
        }
        return result;
    }

    internal static TabularSchema WithTreatment(TabularSchema schema) => new([.. schema.Columns, new TabularColumn(int.MaxValue, "treatment", ColumnKind.Number, [])], schema.Dropped);

    private static double[] Effects(Member member, Matrix rows)
    {
        var (a, b) = (new double[rows.RowCount], new double[rows.RowCount]);
        member.First.Score(member.Form == Form.Single ? WithTreatment(rows, _ => 1) : rows, a);
        if (member.Form == Form.Single) member.First.Score(WithTreatment(rows, _ => 0), b);
        member.Second?.Score(rows, b);
        for (var i = 0; i < a.Length; i++)
        {
            a[i] = member.Form switch
            {
                Form.Single or Form.Difference => Chance(a[i]) - Chance(b[i]),
                Form.Transformed => 2 * Chance(a[i]) - 1,
                Form.Mixed => (1 - member.Share) * a[i] + member.Share * b[i],
                _ => a[i],
            };
        }
        return a;
    }

    private static double Chance(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    private static string PartName(int member, int scorer) => string.Create(CultureInfo.InvariantCulture, $"member{member}.{scorer}");

    private sealed record Member(Form Form, ITabularScorer First, ITabularScorer? Second, double Share);
}
