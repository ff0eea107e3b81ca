using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Catalog;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Customers.Attributes;
using CampaignPortal.Marketing.Customers.Notes;
using CampaignPortal.Marketing.DataQuality;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Marketing.Drafts;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Events.Catalogue;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Imports.Storage;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Marketing.Recommendations.Serving;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Database;

/// <summary>Everything that the portal stores, whatever the engine; one derived context for each provider carries its migrations.</summary>
/// <remarks>Take it from <see cref="IDbContextFactory{TContext}"/>, use it for one operation, dispose it. Events are read here and written by the log alone.</remarks>
public abstract class PortalDbContext(DbContextOptions options) : IdentityDbContext<PortalUser, IdentityRole<long>, long>(options)
{
    public DbSet<StoredEvent> Events => Set<StoredEvent>();
    public DbSet<QuarantinedRow> Quarantine => Set<QuarantinedRow>();
    public DbSet<ProjectionCheckpoint> ProjectionCheckpoints => Set<ProjectionCheckpoint>();
    public DbSet<EventType> EventTypes => Set<EventType>();
    public DbSet<EventHour> EventHours => Set<EventHour>();
    public DbSet<EventProperty> EventProperties => Set<EventProperty>();
    public DbSet<CatalogueEntry> CatalogueEntries => Set<CatalogueEntry>();
    public DbSet<Customer> Customers => Set<Customer>();
    public DbSet<Visitor> Visitors => Set<Visitor>();
    public DbSet<Identification> Identifications => Set<Identification>();
    public DbSet<CustomerProfile> CustomerProfiles => Set<CustomerProfile>();
    public DbSet<CustomerTrait> CustomerTraits => Set<CustomerTrait>();
    public DbSet<CustomerTotals> CustomerTotals => Set<CustomerTotals>();
    public DbSet<Order> Orders => Set<Order>();
    public DbSet<Item> Items => Set<Item>();
    public DbSet<Contact> Contacts => Set<Contact>();
    public DbSet<Consent> Consents => Set<Consent>();
    public DbSet<Suppression> Suppressions => Set<Suppression>();
    public DbSet<LedgerEntry> ConsentLedger => Set<LedgerEntry>();
    public DbSet<CustomerNote> CustomerNotes => Set<CustomerNote>();
    public DbSet<CustomerOwner> CustomerOwners => Set<CustomerOwner>();
    public DbSet<AttributeDefinition> AttributeDefinitions => Set<AttributeDefinition>();
    public DbSet<Audience> Audiences => Set<Audience>();
    public DbSet<AudienceMember> AudienceMembers => Set<AudienceMember>();
    public DbSet<AudienceDay> AudienceDays => Set<AudienceDay>();
    public DbSet<ScorePoint> ScoreHistory => Set<ScorePoint>();
    public DbSet<UserPreference> UserPreferences => Set<UserPreference>();
    public DbSet<SavedView> SavedViews => Set<SavedView>();
    public DbSet<ImportRun> ImportRuns => Set<ImportRun>();
    public DbSet<ImportRange> ImportRanges => Set<ImportRange>();
    public DbSet<ImportChange> ImportChanges => Set<ImportChange>();
    public DbSet<ImportDraft> ImportDrafts => Set<ImportDraft>();
    public DbSet<RetractedEvent> RetractedEvents => Set<RetractedEvent>();
    public DbSet<ImportMapping> ImportMappings => Set<ImportMapping>();
    public DbSet<QualityCheck> QualityChecks => Set<QualityCheck>();
    public DbSet<QualityPass> QualityPasses => Set<QualityPass>();
    public DbSet<FeatureStatistic> FeatureStatistics => Set<FeatureStatistic>();
    public DbSet<FeatureUse> FeatureUses => Set<FeatureUse>();
    public DbSet<TrainingRun> TrainingRuns => Set<TrainingRun>();
    public DbSet<ModelVersion> ModelVersions => Set<ModelVersion>();
    public DbSet<ModelHead> ModelHeads => Set<ModelHead>();
    public DbSet<ModelDrift> ModelDrifts => Set<ModelDrift>();
    public DbSet<CustomerScore> CustomerScores => Set<CustomerScore>();
    public DbSet<RecommendationList> RecommendationLists => Set<RecommendationList>();
    public DbSet<RecommendationRule> RecommendationRules => Set<RecommendationRule>();
    public DbSet<StrategySetting> StrategySettings => Set<StrategySetting>();
    public DbSet<Campaign> Campaigns => Set<Campaign>();
    public DbSet<CampaignVariant> CampaignVariants => Set<CampaignVariant>();
    public DbSet<CampaignRun> CampaignRuns => Set<CampaignRun>();
    public DbSet<CampaignTransition> CampaignTransitions => Set<CampaignTransition>();
    public DbSet<CampaignRecipient> CampaignRecipients => Set<CampaignRecipient>();
    public DbSet<CampaignArmDay> CampaignArmDays => Set<CampaignArmDay>();
    public DbSet<CampaignClick> CampaignClicks => Set<CampaignClick>();
    public DbSet<CampaignHour> CampaignHours => Set<CampaignHour>();
    public DbSet<HealthAcknowledgement> HealthAcknowledgements => Set<HealthAcknowledgement>();
    public DbSet<JobRun> JobRuns => Set<JobRun>();
    public DbSet<JobRunLine> JobRunLines => Set<JobRunLine>();
    public DbSet<JobSchedule> JobSchedules => Set<JobSchedule>();
    public DbSet<Draft> Drafts => Set<Draft>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<PortalSession> PortalSessions => Set<PortalSession>();
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<ConsentWording> ConsentWordings => Set<ConsentWording>();
    public DbSet<Message> Messages => Set<Message>();
    public DbSet<MessageBody> MessageBodies => Set<MessageBody>();
    public DbSet<CapReservation> CapReservations => Set<CapReservation>();
    public DbSet<LinkTarget> LinkTargets => Set<LinkTarget>();
    public DbSet<SuppressedContact> SuppressedContacts => Set<SuppressedContact>();
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();
        configurationBuilder.Properties<decimal>().HaveConversion<TenThousandthsConverter>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(PortalDbContext).Assembly);
    }
}
