using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UsageService.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Routes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "IsFallback",
                table: "calls",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Route",
                table: "calls",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Deployment",
                table: "attempts",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Phase",
                table: "attempts",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Reason",
                table: "attempts",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "IsFallback",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "Route",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "Deployment",
                table: "attempts");

            migrationBuilder.DropColumn(
                name: "Phase",
                table: "attempts");

            migrationBuilder.DropColumn(
                name: "Reason",
                table: "attempts");
        }
    }
}
