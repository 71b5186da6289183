using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KeyService.Data.Migrations.Postgres
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
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Description = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    Tags = table.Column<string>(type: "text", nullable: false),
                    Enabled = table.Column<bool>(type: "boolean", nullable: false),
                    RpmLimit = table.Column<long>(type: "bigint", nullable: true),
                    TpmLimit = table.Column<long>(type: "bigint", nullable: true),
                    MaxParallel = table.Column<long>(type: "bigint", nullable: true),
                    BudgetLimitNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    BudgetPeriod = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    SoftBudgetPercent = table.Column<int>(type: "integer", nullable: true),
                    WebhookUrl = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    UpdatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_projects", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "virtual_keys",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    KeyPrefix = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    ProjectId = table.Column<Guid>(type: "uuid", nullable: true),
                    ExpiresAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    RevokedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    RpdLimit = table.Column<long>(type: "bigint", nullable: true),
                    TpdLimit = table.Column<long>(type: "bigint", nullable: true),
                    ModelLimits = table.Column<string>(type: "text", nullable: false),
                    AllowedModels = table.Column<string>(type: "text", nullable: true),
                    DeniedModels = table.Column<string>(type: "text", nullable: true),
                    AllowedEndpoints = table.Column<string>(type: "text", nullable: true),
                    MaxTokensPerRequest = table.Column<long>(type: "bigint", nullable: true),
                    DefaultReserveTokens = table.Column<long>(type: "bigint", nullable: true),
                    ToppedUpNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    OverrideNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    OverrideUntil = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    TotalRequests = table.Column<long>(type: "bigint", nullable: false),
                    LastUsedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    Name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Description = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    Tags = table.Column<string>(type: "text", nullable: false),
                    Enabled = table.Column<bool>(type: "boolean", nullable: false),
                    RpmLimit = table.Column<long>(type: "bigint", nullable: true),
                    TpmLimit = table.Column<long>(type: "bigint", nullable: true),
                    MaxParallel = table.Column<long>(type: "bigint", nullable: true),
                    BudgetLimitNanoUsd = table.Column<long>(type: "bigint", nullable: true),
                    BudgetPeriod = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    SoftBudgetPercent = table.Column<int>(type: "integer", nullable: true),
                    WebhookUrl = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    UpdatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
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
                    Digest = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    KeyId = table.Column<Guid>(type: "uuid", nullable: false),
                    BcryptHash = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    ValidUntil = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
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
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    KeyId = table.Column<Guid>(type: "uuid", nullable: false),
                    AmountNanoUsd = table.Column<long>(type: "bigint", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
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
                    call_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: true),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    nano_usd = table.Column<long>(type: "bigint", nullable: false),
                    settled_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settled_calls", x => x.call_id);
                });

            migrationBuilder.CreateTable(
                name: "spent",
                columns: table => new
                {
                    scope = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    nano_usd = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_spent", x => new { x.scope, x.day });
                });

            migrationBuilder.CreateTable(
                name: "window_buckets",
                columns: table => new
                {
                    scope = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    bucket = table.Column<long>(type: "bigint", nullable: false),
                    count = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_window_buckets", x => new { x.scope, x.kind, x.bucket });
                });

            migrationBuilder.CreateTable(
                name: "leases",
                columns: table => new
                {
                    call_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: true),
                    model = table.Column<string>(type: "text", nullable: false),
                    reserved_tokens = table.Column<long>(type: "bigint", nullable: false),
                    reserved_nano_usd = table.Column<long>(type: "bigint", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    admitted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    details = table.Column<string>(type: "text", nullable: true)
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
                INSERT INTO spent (scope, day, nano_usd) SELECT 'key:' || "Id"::text, (now() AT TIME ZONE 'utc')::date, "SpentNanoUsd" FROM earlier_keys WHERE "SpentNanoUsd" <> 0
                """);
            migrationBuilder.Sql("""
                INSERT INTO settled_calls (call_id, key_id, day, nano_usd, settled_at)
                SELECT "Id", "KeyId", ("SettledAt" AT TIME ZONE 'utc')::date, "CostNanoUsd", "SettledAt" FROM earlier_calls
                """);
            migrationBuilder.Sql("DROP TABLE earlier_keys");
            migrationBuilder.Sql("DROP TABLE earlier_calls");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
            => throw new NotSupportedException("Projects and limits have no place in the tables before them: restore a backup.");
    }
}
