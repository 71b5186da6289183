using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UsageService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Statistics : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "AdmitMs",
                table: "calls",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "CacheSavingsNanoUsd",
                table: "calls",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ClassificationMs",
                table: "calls",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Client",
                table: "calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "EndUser",
                table: "calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PriceRow",
                table: "calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ReadMs",
                table: "calls",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "RouteMs",
                table: "calls",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RoutingMethod",
                table: "calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RoutingTier",
                table: "calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RoutingType",
                table: "calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "Sequence",
                table: "calls",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "ServiceTier",
                table: "calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Tags",
                table: "calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "TaskType",
                table: "calls",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PriceRow",
                table: "attempts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ServiceTier",
                table: "attempts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "log_sequence",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false),
                    Last = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_log_sequence", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "usage_dimensions",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Digest = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<int>(type: "INTEGER", nullable: false),
                    KeyId = table.Column<Guid>(type: "TEXT", nullable: true),
                    KeyName = table.Column<string>(type: "TEXT", nullable: true),
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: true),
                    ProjectName = table.Column<string>(type: "TEXT", nullable: true),
                    Provider = table.Column<string>(type: "TEXT", nullable: true),
                    UpstreamModel = table.Column<string>(type: "TEXT", nullable: true),
                    RequestedModel = table.Column<string>(type: "TEXT", nullable: false),
                    Format = table.Column<string>(type: "TEXT", nullable: false),
                    StatusCode = table.Column<int>(type: "INTEGER", nullable: false),
                    ErrorCode = table.Column<string>(type: "TEXT", nullable: true),
                    ServiceTier = table.Column<string>(type: "TEXT", nullable: true),
                    RoutingTier = table.Column<string>(type: "TEXT", nullable: true),
                    TaskType = table.Column<string>(type: "TEXT", nullable: true),
                    Client = table.Column<string>(type: "TEXT", nullable: true),
                    Tag = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_dimensions", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "usage_rollups",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    Sums = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_rollups", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_calls_EndUser_CreatedAt",
                table: "calls",
                columns: new[] { "EndUser", "CreatedAt" },
                filter: "\"EndUser\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_calls_ErrorCode_CreatedAt",
                table: "calls",
                columns: new[] { "ErrorCode", "CreatedAt" },
                filter: "\"ErrorCode\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_calls_KeyId_CreatedAt",
                table: "calls",
                columns: new[] { "KeyId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_ProjectId_CreatedAt",
                table: "calls",
                columns: new[] { "ProjectId", "CreatedAt" },
                filter: "\"ProjectId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_calls_RequestedModel_CreatedAt",
                table: "calls",
                columns: new[] { "RequestedModel", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_Sequence",
                table: "calls",
                column: "Sequence");

            migrationBuilder.CreateIndex(
                name: "IX_calls_TraceId",
                table: "calls",
                column: "TraceId",
                filter: "\"TraceId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_calls_UpstreamModel_CreatedAt",
                table: "calls",
                columns: new[] { "UpstreamModel", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_usage_dimensions_Digest",
                table: "usage_dimensions",
                column: "Digest",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "log_sequence");

            migrationBuilder.DropTable(
                name: "usage_dimensions");

            migrationBuilder.DropTable(
                name: "usage_rollups");

            migrationBuilder.DropIndex(
                name: "IX_calls_EndUser_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_ErrorCode_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_KeyId_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_ProjectId_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_RequestedModel_CreatedAt",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_Sequence",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_TraceId",
                table: "calls");

            migrationBuilder.DropIndex(
                name: "IX_calls_UpstreamModel_CreatedAt",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "AdmitMs",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "CacheSavingsNanoUsd",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "ClassificationMs",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "Client",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "EndUser",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "PriceRow",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "ReadMs",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "RouteMs",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "RoutingMethod",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "RoutingTier",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "RoutingType",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "Sequence",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "ServiceTier",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "Tags",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "TaskType",
                table: "calls");

            migrationBuilder.DropColumn(
                name: "PriceRow",
                table: "attempts");

            migrationBuilder.DropColumn(
                name: "ServiceTier",
                table: "attempts");
        }
    }
}
