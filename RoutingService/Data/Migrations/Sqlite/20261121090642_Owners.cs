using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RoutingService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Owners : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "ManagedBy",
                table: "providers",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ManagedBy",
                table: "price_rows",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ManagedBy",
                table: "models",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ManagedBy",
                table: "deployments",
                type: "TEXT",
                maxLength: 20,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ManagedBy",
                table: "providers");

            migrationBuilder.DropColumn(
                name: "ManagedBy",
                table: "price_rows");

            migrationBuilder.DropColumn(
                name: "ManagedBy",
                table: "models");

            migrationBuilder.DropColumn(
                name: "ManagedBy",
                table: "deployments");
        }
    }
}
