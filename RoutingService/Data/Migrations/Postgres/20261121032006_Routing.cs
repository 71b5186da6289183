using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RoutingService.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Routing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "CheckError",
                table: "providers",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "CheckMs",
                table: "providers",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "CheckedAt",
                table: "providers",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IsHealthy",
                table: "providers",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "MaxParallel",
                table: "providers",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RpmLimit",
                table: "providers",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "TpmLimit",
                table: "providers",
                type: "bigint",
                nullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "Provider",
                table: "models",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text");

            migrationBuilder.AlterColumn<string>(
                name: "Model",
                table: "models",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(200)",
                oldMaxLength: 200);

            migrationBuilder.AddColumn<string>(
                name: "RoutingConfig",
                table: "models",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RoutingType",
                table: "models",
                type: "text",
                nullable: false,
                defaultValue: "simple");

            migrationBuilder.CreateTable(
                name: "deployments",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "character varying(265)", maxLength: 265, nullable: false),
                    ModelName = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Provider = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    Model = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Enabled = table.Column<bool>(type: "boolean", nullable: false),
                    WeightThousandths = table.Column<int>(type: "integer", nullable: false),
                    Priority = table.Column<int>(type: "integer", nullable: false),
                    RpmLimit = table.Column<long>(type: "bigint", nullable: true),
                    TpmLimit = table.Column<long>(type: "bigint", nullable: true),
                    MaxParallel = table.Column<int>(type: "integer", nullable: true),
                    Tags = table.Column<string>(type: "text", nullable: false),
                    Region = table.Column<string>(type: "text", nullable: true),
                    InputPerMillion = table.Column<long>(type: "bigint", nullable: true),
                    OutputPerMillion = table.Column<long>(type: "bigint", nullable: true),
                    HeadersSeconds = table.Column<double>(type: "double precision", nullable: true),
                    FirstEventSeconds = table.Column<double>(type: "double precision", nullable: true),
                    IdleSeconds = table.Column<double>(type: "double precision", nullable: true),
                    TotalSeconds = table.Column<double>(type: "double precision", nullable: true),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    UpdatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deployments", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "provider_credentials",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    ProviderId = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    WeightThousandths = table.Column<int>(type: "integer", nullable: false),
                    Enabled = table.Column<bool>(type: "boolean", nullable: false),
                    Credential = table.Column<byte[]>(type: "bytea", nullable: false),
                    CredentialHint = table.Column<string>(type: "text", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_provider_credentials", x => x.Id);
                    table.ForeignKey(
                        name: "FK_provider_credentials_providers_ProviderId",
                        column: x => x.ProviderId,
                        principalTable: "providers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_deployments_ModelName",
                table: "deployments",
                column: "ModelName");

            migrationBuilder.CreateIndex(
                name: "IX_deployments_Name",
                table: "deployments",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_provider_credentials_ProviderId_Name",
                table: "provider_credentials",
                columns: new[] { "ProviderId", "Name" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "deployments");

            migrationBuilder.DropTable(
                name: "provider_credentials");

            migrationBuilder.DropColumn(
                name: "CheckError",
                table: "providers");

            migrationBuilder.DropColumn(
                name: "CheckMs",
                table: "providers");

            migrationBuilder.DropColumn(
                name: "CheckedAt",
                table: "providers");

            migrationBuilder.DropColumn(
                name: "IsHealthy",
                table: "providers");

            migrationBuilder.DropColumn(
                name: "MaxParallel",
                table: "providers");

            migrationBuilder.DropColumn(
                name: "RpmLimit",
                table: "providers");

            migrationBuilder.DropColumn(
                name: "TpmLimit",
                table: "providers");

            migrationBuilder.DropColumn(
                name: "RoutingConfig",
                table: "models");

            migrationBuilder.DropColumn(
                name: "RoutingType",
                table: "models");

            migrationBuilder.AlterColumn<string>(
                name: "Provider",
                table: "models",
                type: "text",
                nullable: false,
                defaultValue: "simple",
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "Model",
                table: "models",
                type: "character varying(200)",
                maxLength: 200,
                nullable: false,
                defaultValue: "",
                oldClrType: typeof(string),
                oldType: "character varying(200)",
                oldMaxLength: 200,
                oldNullable: true);
        }
    }
}
