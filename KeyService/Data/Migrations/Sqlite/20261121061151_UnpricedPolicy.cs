using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KeyService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class UnpricedPolicy : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "UnpricedPolicy",
                table: "virtual_keys",
                type: "TEXT",
                maxLength: 20,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "UnpricedPolicy",
                table: "virtual_keys");
        }
    }
}
