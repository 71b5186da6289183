using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UsageService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SearchByClient : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_calls_Client_CreatedAt",
                table: "calls",
                columns: new[] { "Client", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_KeyName_CreatedAt",
                table: "calls",
                columns: new[] { "KeyName", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_Provider_CreatedAt",
                table: "calls",
                columns: new[] { "Provider", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_RoutingTier_CreatedAt",
                table: "calls",
                columns: new[] { "RoutingTier", "CreatedAt" },
                filter: "\"RoutingTier\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_calls_ServiceTier_CreatedAt",
                table: "calls",
                columns: new[] { "ServiceTier", "CreatedAt" },
                filter: "\"ServiceTier\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_calls_Client_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_KeyName_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_Provider_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_RoutingTier_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_ServiceTier_CreatedAt",
                table: "calls");
        }
    }
}
