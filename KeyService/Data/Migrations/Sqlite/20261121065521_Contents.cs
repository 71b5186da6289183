using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KeyService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Contents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "ContentLogging",
                table: "projects",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "ContentRetentionDays",
                table: "projects",
                type: "INTEGER",
                nullable: false,
                defaultValue: 30);

            migrationBuilder.AddColumn<string>(
                name: "Redaction",
                table: "projects",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ContentLogging",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "ContentRetentionDays",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "Redaction",
                table: "projects");
        }
    }
}
