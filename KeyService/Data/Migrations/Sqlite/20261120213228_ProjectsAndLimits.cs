using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KeyService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ProjectsAndLimits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The tables are made anew, and what was in them is carried over.
            migrationBuilder.Sql("CREATE TEMPORARY TABLE earlier_keys AS SELECT * FROM virtual_keys");
            migrationBuilder.Sql("CREATE TEMPORARY TABLE earlier_calls AS SELECT * FROM settled_calls");

            migrationBuilder.DropTable(name: "settled_calls");

            migrationBuilder.DropTable(name: "virtual_keys");

            migrationBuilder.CreateTable(
                name: "projects",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Description = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    Tags = table.Column<string>(type: "TEXT", nullable: false),
                    Enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    RpmLimit = table.Column<long>(type: "INTEGER", nullable: true),
                    TpmLimit = table.Column<long>(type: "INTEGER", nullable: true),
                    MaxParallel = table.Column<long>(type: "INTEGER", nullable: true),
                    BudgetLimitNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    BudgetPeriod = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    SoftBudgetPercent = table.Column<int>(type: "INTEGER", nullable: true),
                    WebhookUrl = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    UpdatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_projects", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "virtual_keys",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    KeyPrefix = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: true),
                    ExpiresAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    RevokedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    RpdLimit = table.Column<long>(type: "INTEGER", nullable: true),
                    TpdLimit = table.Column<long>(type: "INTEGER", nullable: true),
                    ModelLimits = table.Column<string>(type: "TEXT", nullable: false),
                    AllowedModels = table.Column<string>(type: "TEXT", nullable: true),
                    DeniedModels = table.Column<string>(type: "TEXT", nullable: true),
                    AllowedEndpoints = table.Column<string>(type: "TEXT", nullable: true),
                    MaxTokensPerRequest = table.Column<long>(type: "INTEGER", nullable: true),
                    DefaultReserveTokens = table.Column<long>(type: "INTEGER", nullable: true),
                    ToppedUpNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    OverrideNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    OverrideUntil = table.Column<DateTime>(type: "TEXT", nullable: true),
                    TotalRequests = table.Column<long>(type: "INTEGER", nullable: false),
                    LastUsedAt = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Description = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    Tags = table.Column<string>(type: "TEXT", nullable: false),
                    Enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    RpmLimit = table.Column<long>(type: "INTEGER", nullable: true),
                    TpmLimit = table.Column<long>(type: "INTEGER", nullable: true),
                    MaxParallel = table.Column<long>(type: "INTEGER", nullable: true),
                    BudgetLimitNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    BudgetPeriod = table.Column<string>(type: "TEXT", maxLength: 20, nullable: true),
                    SoftBudgetPercent = table.Column<int>(type: "INTEGER", nullable: true),
                    WebhookUrl = table.Column<string>(type: "TEXT", maxLength: 1000, nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    UpdatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_virtual_keys", x => x.Id);
                    table.ForeignKey(
                        name: "FK_virtual_keys_projects_ProjectId",
                        column: x => x.ProjectId,
                        principalTable: "projects",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "key_secrets",
                columns: table => new
                {
                    Digest = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    KeyId = table.Column<Guid>(type: "TEXT", nullable: false),
                    BcryptHash = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    ValidUntil = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_key_secrets", x => x.Digest);
                    table.ForeignKey(
                        name: "FK_key_secrets_virtual_keys_KeyId",
                        column: x => x.KeyId,
                        principalTable: "virtual_keys",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "top_ups",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    KeyId = table.Column<Guid>(type: "TEXT", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_top_ups", x => x.Id);
                    table.ForeignKey(
                        name: "FK_top_ups_virtual_keys_KeyId",
                        column: x => x.KeyId,
                        principalTable: "virtual_keys",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "settled_calls",
                columns: table => new
                {
                    call_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    key_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    project_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    nano_usd = table.Column<long>(type: "INTEGER", nullable: false),
                    settled_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settled_calls", x => x.call_id);
                });

            migrationBuilder.CreateTable(
                name: "spent",
                columns: table => new
                {
                    scope = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    nano_usd = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spent", x => new { x.scope, x.day });
                });

            migrationBuilder.CreateTable(
                name: "window_buckets",
                columns: table => new
                {
                    scope = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    bucket = table.Column<long>(type: "INTEGER", nullable: false),
                    count = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_window_buckets", x => new { x.scope, x.kind, x.bucket });
                });

            migrationBuilder.CreateTable(
                name: "leases",
                columns: table => new
                {
                    call_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    key_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    project_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    model = table.Column<string>(type: "TEXT", nullable: false),
                    reserved_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    reserved_nano_usd = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    admitted_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    expires_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    details = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leases", x => x.call_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_key_secrets_KeyId",
                table: "key_secrets",
                column: "KeyId");

            migrationBuilder.CreateIndex(
                name: "IX_projects_Name",
                table: "projects",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_settled_calls_settled_at",
                table: "settled_calls",
                column: "settled_at");

            migrationBuilder.CreateIndex(
                name: "IX_top_ups_KeyId",
                table: "top_ups",
                column: "KeyId");

            migrationBuilder.CreateIndex(
                name: "IX_virtual_keys_ProjectId",
                table: "virtual_keys",
                column: "ProjectId");

            migrationBuilder.Sql("""
                INSERT INTO virtual_keys
                    ("Id", "Name", "Tags", "Enabled", "KeyPrefix", "ExpiresAt", "ModelLimits", "ToppedUpNanoUsd", "TotalRequests", "CreatedAt", "UpdatedAt")
                SELECT "Id", "Name", '[]', "Enabled", "Hint", "ExpiresAt", '[]', 0, "TotalRequests", "CreatedAt", "UpdatedAt" FROM earlier_keys
                """);
            migrationBuilder.Sql("""
                INSERT INTO key_secrets ("Digest", "KeyId", "BcryptHash") SELECT "Digest", "Id", "BcryptHash" FROM earlier_keys
                """);
            migrationBuilder.Sql("""
                INSERT INTO spent (scope, day, nano_usd) SELECT 'key:' || lower("Id"), date('now'), "SpentNanoUsd" FROM earlier_keys WHERE "SpentNanoUsd" <> 0
                """);
            migrationBuilder.Sql("""
                INSERT INTO settled_calls (call_id, key_id, day, nano_usd, settled_at)
                SELECT "Id", "KeyId", date("SettledAt"), "CostNanoUsd", "SettledAt" FROM earlier_calls
                """);
            migrationBuilder.Sql("DROP TABLE earlier_keys");
            migrationBuilder.Sql("DROP TABLE earlier_calls");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
            => throw new NotSupportedException("Projects and limits have no place in the tables before them: restore a backup.");
    }
}
