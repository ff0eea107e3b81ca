using CampaignPortal.Web.Cli;

return await PortalCommand.RunAsync(args);

/// <summary>The portal: web host and command line in one program.</summary>
public partial class Program;
