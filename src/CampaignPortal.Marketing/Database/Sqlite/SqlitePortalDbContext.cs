using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Database.Sqlite;

/// <summary>The portal's model on SQLite.</summary>
public sealed class SqlitePortalDbContext(DbContextOptions<SqlitePortalDbContext> options) : PortalDbContext(options);
