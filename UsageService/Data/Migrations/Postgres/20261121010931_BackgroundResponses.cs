using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UsageService.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class BackgroundResponses : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "background_responses",
                columns: table => new
                {
                    Tenant = table.Column<Guid>(type: "uuid", nullable: false),
                    ResponseId = table.Column<string>(type: "character varying(200)", nullable: false),
                    HeartbeatAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    EndedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    KeepsEvents = table.Column<bool>(type: "boolean", nullable: false),
                    Cancelled = table.Column<byte[]>(type: "bytea", nullable: true),
                    Lost = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_background_responses", x => new { x.Tenant, x.ResponseId });
                    table.ForeignKey(
                        name: "FK_background_responses_responses_Tenant_ResponseId",
                        columns: x => new { x.Tenant, x.ResponseId },
                        principalTable: "responses",
                        principalColumns: new[] { "Tenant", "Id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "response_events",
                columns: table => new
                {
                    Tenant = table.Column<Guid>(type: "uuid", nullable: false),
                    ResponseId = table.Column<string>(type: "character varying(200)", nullable: false),
                    First = table.Column<long>(type: "bigint", nullable: false),
                    Last = table.Column<long>(type: "bigint", nullable: false),
                    Events = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_response_events", x => new { x.Tenant, x.ResponseId, x.First });
                    table.ForeignKey(
                        name: "FK_response_events_background_responses_Tenant_ResponseId",
                        columns: x => new { x.Tenant, x.ResponseId },
                        principalTable: "background_responses",
                        principalColumns: new[] { "Tenant", "ResponseId" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_background_responses_HeartbeatAt",
                table: "background_responses",
                column: "HeartbeatAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "response_events");

            migrationBuilder.DropTable(
                name: "background_responses");
        }
    }
}
