using System.Text.Json.Nodes;

namespace CampaignPortal.Learning.Persistence;

/// <summary>A fitted object that can be written to and read from a model folder.</summary>
public interface IStorable<TSelf> where TSelf : IStorable<TSelf>
{
    /// <summary>Stable name of the kind in manifests, "k-means" for instance; never a type name.</summary>
    static abstract string Kind { get; }

    /// <summary>Puts arrays and settings into <paramref name="part"/>.</summary>
    void Store(ModelPart part);

    /// <summary>Builds the object again.</summary>
    /// <exception cref="InvalidDataException">Something is missing or does not fit.</exception>
    static abstract TSelf Restore(ModelPart part);
}

/// <summary>A named section of a model: arrays go to the weights file, settings to the manifest. Parts nest, so a pipeline stores its steps in one folder.</summary>
public sealed class ModelPart
{
    private readonly Dictionary<string, StoredTensor> _tensors;
    private readonly string _prefix;

    internal ModelPart(Dictionary<string, StoredTensor> tensors, string prefix, JsonObject settings) =>
        (_tensors, _prefix, Settings) = (tensors, prefix, settings);

    /// <summary>Options and small facts. Arrays of numbers belong into <c>Put</c>.</summary>
    public JsonObject Settings { get; }

    /// <summary>Stores an array of float, double, int, long or byte.</summary>
    public void Put<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape) where T : unmanaged =>
        _tensors.Add(_prefix + name, shape.Length == 0 ? StoredTensor.Of(_prefix + name, values, values.Length) : StoredTensor.Of(_prefix + name, values, shape));

    /// <summary>Stores an array of float, double, int, long or byte.</summary>
    public void Put<T>(string name, T[] values, params ReadOnlySpan<int> shape) where T : unmanaged => Put(name, (ReadOnlySpan<T>)values, shape);

    /// <summary>An array that must be there.</summary>
    /// <exception cref="InvalidDataException">It is absent, of another type, or of another length than asked for.</exception>
    public T[] Get<T>(string name, int? expectedLength = null) where T : unmanaged
    {
        if (!_tensors.TryGetValue(_prefix + name, out var tensor)) throw new InvalidDataException($"The model lacks the array '{_prefix}{name}'.");
        var values = tensor.ToArray<T>();
        if (expectedLength is { } length && values.Length != length) throw new InvalidDataException($"The array '{_prefix}{name}' has {values.Length} values; expected {length}.");
        return values;
    }

    /// <summary>Elements of all arrays that are stored in this part and the parts below it.</summary>
    internal long StoredElements => _tensors.Where(t => t.Key.StartsWith(_prefix, StringComparison.Ordinal)).Sum(t => t.Value.Shape.Aggregate(1L, (a, b) => a * b));

    /// <summary>Whether an array of that name is stored.</summary>
    public bool Has(string name) => _tensors.ContainsKey(_prefix + name);

    /// <summary>A setting that must be there.</summary>
    /// <exception cref="InvalidDataException">It is absent or of another type.</exception>
    public T Setting<T>(string name)
    {
        try
        {
            if (Settings[name] is { } node) return node.GetValue<T>();
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"The setting '{_prefix}{name}' is not a {typeof(T).Name}.", e);
        }
        throw new InvalidDataException($"The manifest lacks the setting '{_prefix}{name}'.");
    }

    /// <summary>Stores another fitted object as a part of this one.</summary>
    public void PutPart<T>(string name, T model) where T : IStorable<T>
    {
        var settings = new JsonObject { ["kind"] = T.Kind };
        Settings.Add(name, settings);
        model.Store(new ModelPart(_tensors, _prefix + name + ".", settings));
    }

    /// <summary>Reads a part that was stored with <see cref="PutPart{T}"/>.</summary>
    /// <exception cref="InvalidDataException">It is absent or of another kind.</exception>
    public T GetPart<T>(string name) where T : IStorable<T>
    {
        var kind = KindOf(name);
        if (kind != T.Kind) throw new InvalidDataException($"The part '{_prefix}{name}' is a {kind ?? "nothing"}; expected {T.Kind}.");
        return T.Restore(new ModelPart(_tensors, _prefix + name + ".", (JsonObject)Settings[name]!)); // KindOf has seen the object
    }

    /// <summary>Kind of a stored part, or null when there is none of that name.</summary>
    public string? KindOf(string name) => Settings[name] is JsonObject settings && settings["kind"] is JsonValue kind && kind.TryGetValue<string>(out var text) ? text : null;
}
