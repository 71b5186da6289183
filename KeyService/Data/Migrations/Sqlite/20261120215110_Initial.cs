using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KeyService.Data.Migrations.Sqlite
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
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Digest = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_admin_tokens", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "leases",
                columns: table => new
                {
                    call_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    facts = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leases", x => x.call_id);
                });

            migrationBuilder.CreateTable(
                name: "ledger_clock",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    ledger_now = table.Column<DateTime>(type: "TEXT", nullable: false),
                    utc_now = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ledger_clock", x => x.id);
                });

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
                    last_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    requests = table.Column<long>(type: "INTEGER", nullable: false),
                    tokens = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_window_buckets", x => new { x.scope, x.kind, x.bucket });
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
