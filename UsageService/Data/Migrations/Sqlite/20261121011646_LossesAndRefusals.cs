using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UsageService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class LossesAndRefusals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "IsRefused",
                table: "calls",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Losses",
                table: "calls",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "IsRefused",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "Losses",
                table: "calls");
        }
    }
}
