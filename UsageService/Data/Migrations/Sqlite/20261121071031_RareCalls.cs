using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UsageService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RareCalls : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_calls_StatusCode_CreatedAt",
                table: "calls",
                columns: new[] { "StatusCode", "CreatedAt" },
                filter: "\"StatusCode\" >= 400");

            migrationBuilder.CreateIndex(
                name: "IX_calls_Tagged",
                table: "calls",
                columns: new[] { "CreatedAt", "Id" },
                filter: "\"Tags\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_calls_StatusCode_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_Tagged",
                table: "calls");
        }
    }
}
