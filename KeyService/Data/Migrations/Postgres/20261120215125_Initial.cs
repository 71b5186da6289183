using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KeyService.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "admin_tokens",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Digest = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_admin_tokens", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "leases",
                columns: table => new
                {
                    call_id = table.Column<Guid>(type: "uuid", nullable: false),
                    facts = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leases", x => x.call_id);
                });

            migrationBuilder.CreateTable(
                name: "ledger_clock",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    ledger_now = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    utc_now = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_clock", x => x.id);
                });

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
                    last_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    requests = table.Column<long>(type: "bigint", nullable: false),
                    tokens = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_window_buckets", x => new { x.scope, x.kind, x.bucket });
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

            migrationBuilder.CreateIndex(
                name: "IX_admin_tokens_Digest",
                table: "admin_tokens",
                column: "Digest",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_admin_tokens_Name",
                table: "admin_tokens",
                column: "Name",
                unique: true);

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

            migrationBuilder.CreateIndex(
                name: "IX_window_buckets_last_at",
                table: "window_buckets",
                column: "last_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "admin_tokens");

            migrationBuilder.DropTable(
                name: "key_secrets");

            migrationBuilder.DropTable(
                name: "leases");

            migrationBuilder.DropTable(
                name: "ledger_clock");

            migrationBuilder.DropTable(
                name: "settled_calls");

            migrationBuilder.DropTable(
                name: "spent");

            migrationBuilder.DropTable(
                name: "top_ups");

            migrationBuilder.DropTable(
                name: "window_buckets");

            migrationBuilder.DropTable(
                name: "virtual_keys");

            migrationBuilder.DropTable(
                name: "projects");
        }
    }
}
