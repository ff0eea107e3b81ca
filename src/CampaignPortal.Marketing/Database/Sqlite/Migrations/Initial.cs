using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CampaignPortal.Marketing.Database.Sqlite.Migrations;

/// <summary>Every table of the first release. The SQL lies beside this file; a test holds its result equal to the model's.</summary>
[DbContext(typeof(SqlitePortalDbContext))]
[Migration("202611230001_Initial")]
public sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(MigrationScript.Read("202611230001_Initial.sql"));
}
