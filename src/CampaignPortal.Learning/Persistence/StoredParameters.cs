using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Learning.Persistence;

/// <summary>Parameters of a network in a model folder, by their paths.</summary>
internal static class StoredParameters
{
    public static void PutParameters(this ModelPart part, IReadOnlyList<Parameter> parameters)
    {
        foreach (var parameter in parameters) part.Put<float>(parameter.Name, parameter.Value, [.. parameter.Shape]);
    }

    /// <summary>Fills parameters of a network of the same shape.</summary>
    /// <exception cref="InvalidDataException">One is absent or of another size.</exception>
    public static void GetParameters(this ModelPart part, IReadOnlyList<Parameter> parameters)
    {
        foreach (var parameter in parameters) part.Get<float>(parameter.Name, parameter.Value.Length).CopyTo(parameter.Value);
    }
}
