namespace CampaignPortal.Learning.Nn;

/// <summary>A part of a network: named parameters and smaller parts. Whether it trains or predicts is said by the tape of each call, not remembered.</summary>
/// <param name="name">Path of the part; parameters and children put their own name behind it, "blocks.0.attention" for instance. Empty for a whole network.</param>
public abstract class Module(string name)
{
    private readonly List<Parameter> _parameters = [];

    /// <summary>Path of the part.</summary>
    public string Name { get; } = name;

    /// <summary>All parameters of the part and its children, in the order in which they were added.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The path of a child or parameter.</summary>
    protected string Path(string child) => Name.Length == 0 ? child : Name + "." + child;

    /// <summary>A new parameter of zeros.</summary>
    protected Parameter NewParameter(string child, params int[] shape)
    {
        var parameter = new Parameter(Path(child), shape);
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Takes the parameters of a child.</summary>
    protected T Add<T>(T child) where T : Module
    {
        ArgumentNullException.ThrowIfNull(child);
        _parameters.AddRange(child.Parameters);
        return child;
    }
}
