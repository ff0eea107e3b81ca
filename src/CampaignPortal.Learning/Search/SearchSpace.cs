using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Search;

/// <summary>The values that one setting may take.</summary>
/// <param name="Name">Name of the setting, unique in its space.</param>
public abstract record SearchRange(string Name)
{
    /// <summary>A number between two others.</summary>
    /// <param name="name">Name of the setting.</param>
    /// <param name="low">Least value.</param>
    /// <param name="high">Greatest value.</param>
    /// <param name="logarithmic">Whether factors count and not differences: for rates and penalties.</param>
    /// <exception cref="ArgumentException">The bounds are not finite and ascending, or not positive on a logarithmic scale.</exception>
    public static SearchRange Number(string name, double low, double high, bool logarithmic = false) => new NumberRange(name, low, high, logarithmic);

    /// <summary>A whole number between two others, both included.</summary>
    /// <exception cref="ArgumentException">The bounds are not ascending.</exception>
    public static SearchRange Whole(string name, int low, int high) => new WholeRange(name, low, high);

    /// <summary>One of some values.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static SearchRange Choice(string name, params IReadOnlyList<double> values) => new ChoiceRange(name, values);

    /// <summary>The value at a place of [0, 1) of the range.</summary>
    public abstract double At(double place);

    private sealed record NumberRange : SearchRange
    {
        private readonly double _low, _high;
        private readonly bool _logarithmic;

        public NumberRange(string name, double low, double high, bool logarithmic) : base(name)
        {
            if (!(double.IsFinite(low) && double.IsFinite(high) && low <= high)) throw new ArgumentException($"The range of '{name}' must ascend; it goes from {low} to {high}.", nameof(low));
            if (logarithmic && !(low > 0)) throw new ArgumentException($"A logarithmic range must be positive; '{name}' begins at {low}.", nameof(low));
            (_low, _high, _logarithmic) = (low, high, logarithmic);
        }

        public override double At(double place) => _logarithmic ? _low * Math.Pow(_high / _low, place) : _low + place * (_high - _low);
    }

    private sealed record WholeRange : SearchRange
    {
        private readonly int _low, _high;

        public WholeRange(string name, int low, int high) : base(name)
        {
            if (low > high) throw new ArgumentException($"The range of '{name}' must ascend; it goes from {low} to {high}.", nameof(low));
            (_low, _high) = (low, high);
        }

        public override double At(double place) => _low + Math.Floor(place * (_high - _low + 1.0));
    }

    private sealed record ChoiceRange : SearchRange
    {
        private readonly double[] _values;

        public ChoiceRange(string name, IReadOnlyList<double> values) : base(name) =>
            _values = values.Count > 0 ? values.ToArray() : throw new ArgumentException($"'{name}' has no value to choose.", nameof(values));

        public override double At(double place) => _values[(int)(place * _values.Length)];
    }
}

/// <summary>The settings that a search varies.</summary>
public sealed class SearchSpace
{
    private readonly SearchRange[] _ranges;

    /// <summary>A space of one range per setting.</summary>
    /// <exception cref="ArgumentException">There is none, or a name occurs twice.</exception>
    public SearchSpace(params IReadOnlyList<SearchRange> ranges)
    {
        if (ranges.Count == 0 || ranges.Select(r => r.Name).Distinct(StringComparer.Ordinal).Count() < ranges.Count) throw new ArgumentException("A space needs at least one setting, and every name once.", nameof(ranges));
        _ranges = ranges.ToArray();
    }

    /// <summary>Names of the settings.</summary>
    public IReadOnlyList<string> Names => Array.ConvertAll(_ranges, r => r.Name);

    /// <summary>Candidate <paramref name="number"/> of a seed: a pure function of both, so that a resumed search meets the same candidates.</summary>
    public IReadOnlyDictionary<string, double> Candidate(long seed, int number)
    {
        var settings = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var r = 0; r < _ranges.Length; r++) settings[_ranges[r].Name] = _ranges[r].At(CounterRng.Uniform((ulong)seed, (ulong)number, (ulong)r));
        return settings;
    }
}
