using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Persistence;

/// <summary>Parameters of a network in a model folder, by their paths.</summary>
internal static class StoredParameters
{
    public static void PutParameters(this ModelPart part, IReadOnlyList<Parameter> parameters)
    {
        foreach (var parameter in parameters) part.Put<float>(parameter.Name, parameter.Value, [.. parameter.Shape]);
    }

    /// <summary>Builds a network and fills its parameters. It can never be larger than the file that it is read from: a manifest that claims huge sizes is refused before they are allocated.</summary>
    /// <param name="part">What was stored.</param>
    /// <param name="build">Makes the network from the settings of the part.</param>
    /// <exception cref="InvalidDataException">Sizes make no sense or do not fit what is stored.</exception>
    public static T GetNetwork<T>(this ModelPart part, Func<T> build) where T : Module
    {
        try
        {
            var network = ParameterBudget.Within(part.StoredElements, build);
            foreach (var parameter in network.Parameters) part.Get<float>(parameter.Name, parameter.Value.Length).CopyTo(parameter.Value);
            return network;
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"The sizes of the stored network make no sense: {e.Message}", e);
        }
    }
}
