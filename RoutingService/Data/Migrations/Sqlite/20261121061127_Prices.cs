using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RoutingService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Prices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "price_books",
                columns: table => new
                {
                    Version = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Origin = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Json = table.Column<string>(type: "TEXT", nullable: false),
                    StoredAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_books", x => x.Version);
                });

            migrationBuilder.CreateTable(
                name: "price_rows",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    Origin = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    Deployment = table.Column<string>(type: "TEXT", maxLength: 265, nullable: true),
                    Provider = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    ProviderType = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    Model = table.Column<string>(type: "TEXT", maxLength: 4000, nullable: false),
                    ServiceTier = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    Region = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    EffectiveFrom = table.Column<DateTime>(type: "TEXT", nullable: false),
                    EffectiveTo = table.Column<DateTime>(type: "TEXT", nullable: true),
                    Bands = table.Column<string>(type: "TEXT", nullable: false),
                    Source = table.Column<string>(type: "TEXT", nullable: true),
                    SourceDate = table.Column<string>(type: "TEXT", nullable: true),
                    Note = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_rows", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_price_rows_EffectiveTo",
                table: "price_rows",
                column: "EffectiveTo");

            migrationBuilder.CreateIndex(
                name: "IX_price_rows_Provider_Deployment",
                table: "price_rows",
                columns: new[] { "Provider", "Deployment" });

            migrationBuilder.Sql(CarriedPrices.Sql);
            migrationBuilder.DropTable(
                name: "prices");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "price_books");

            migrationBuilder.DropTable(
                name: "price_rows");

            migrationBuilder.CreateTable(
                name: "prices",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    CacheReadPerMillion = table.Column<long>(type: "INTEGER", nullable: false),
                    CacheWritePerMillion = table.Column<long>(type: "INTEGER", nullable: false),
                    InputPerMillion = table.Column<long>(type: "INTEGER", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    OutputPerMillion = table.Column<long>(type: "INTEGER", nullable: false),
                    Provider = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_prices", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_prices_Provider_Model",
                table: "prices",
                columns: new[] { "Provider", "Model" },
                unique: true);
        }
    }
}
