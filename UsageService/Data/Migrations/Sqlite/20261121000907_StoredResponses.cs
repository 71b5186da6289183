using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UsageService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class StoredResponses : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "conversations",
                columns: table => new
                {
                    Tenant = table.Column<Guid>(type: "TEXT", nullable: false),
                    Id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Metadata = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conversations", x => new { x.Tenant, x.Id });
                });

            migrationBuilder.CreateTable(
                name: "responses",
                columns: table => new
                {
                    Tenant = table.Column<Guid>(type: "TEXT", nullable: false),
                    Id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    PreviousId = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    ConversationId = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Response = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Input = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_responses", x => new { x.Tenant, x.Id });
                });

            migrationBuilder.CreateTable(
                name: "conversation_turns",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Tenant = table.Column<Guid>(type: "TEXT", nullable: false),
                    ConversationId = table.Column<string>(type: "TEXT", nullable: false),
                    Items = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conversation_turns", x => x.Number);
                    table.ForeignKey(
                        name: "FK_conversation_turns_conversations_Tenant_ConversationId",
                        columns: x => new { x.Tenant, x.ConversationId },
                        principalTable: "conversations",
                        principalColumns: new[] { "Tenant", "Id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "response_items",
                columns: table => new
                {
                    Tenant = table.Column<Guid>(type: "TEXT", nullable: false),
                    Id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    ResponseId = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_response_items", x => new { x.Tenant, x.Id });
                    table.ForeignKey(
                        name: "FK_response_items_responses_Tenant_ResponseId",
                        columns: x => new { x.Tenant, x.ResponseId },
                        principalTable: "responses",
                        principalColumns: new[] { "Tenant", "Id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_conversation_turns_Tenant_ConversationId",
                table: "conversation_turns",
                columns: new[] { "Tenant", "ConversationId" });

            migrationBuilder.CreateIndex(
                name: "IX_conversations_ExpiresAt",
                table: "conversations",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_response_items_Tenant_ResponseId",
                table: "response_items",
                columns: new[] { "Tenant", "ResponseId" });

            migrationBuilder.CreateIndex(
                name: "IX_responses_ExpiresAt",
                table: "responses",
                column: "ExpiresAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "conversation_turns");

            migrationBuilder.DropTable(
                name: "response_items");

            migrationBuilder.DropTable(
                name: "conversations");

            migrationBuilder.DropTable(
                name: "responses");
        }
    }
}
