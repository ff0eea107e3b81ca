using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Text;

/// <summary>Text models of any kind as parts of another model.</summary>
internal static class StoredTextModels
{
    public static void Put(ModelPart part, string name, ITextModel model)
    {
        switch (model)
        {
            case LinearTextModel linear:
                part.PutPart(name, linear);
                break;
            case TextNetworkModel network:
                part.PutPart(name, network);
                break;
            default:
                throw new NotSupportedException($"A {model.GetType().Name} cannot be stored within another model.");
        }
    }

    public static ITextModel Get(ModelPart part, string name) => part.KindOf(name) switch
    {
        "linear-text" => part.GetPart<LinearTextModel>(name),
        "text-network" => part.GetPart<TextNetworkModel>(name),
        var kind => throw new InvalidDataException($"The part '{name}' is a {kind ?? "nothing"}; expected a text model."),
    };
}
