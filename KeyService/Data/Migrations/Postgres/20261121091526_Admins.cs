using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace KeyService.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Admins : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "PK_admin_tokens",
                table: "admin_tokens");

            migrationBuilder.RenameTable(
                name: "admin_tokens",
                newName: "admins");

            migrationBuilder.RenameIndex(
                name: "IX_admin_tokens_Name",
                table: "admins",
                newName: "IX_admins_Name");

            migrationBuilder.RenameIndex(
                name: "IX_admin_tokens_Digest",
                table: "admins",
                newName: "IX_admins_Digest");

            // Until now there was one administrator, that of the configured key, who could do everything.
            migrationBuilder.AlterColumn<byte[]>(
                name: "Digest",
                table: "admins",
                type: "bytea",
                maxLength: 32,
                nullable: true,
                oldClrType: typeof(byte[]),
                oldType: "bytea",
                oldMaxLength: 32);

            migrationBuilder.AddColumn<bool>(
                name: "Enabled",
                table: "admins",
                type: "boolean",
                nullable: false,
                defaultValue: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "ExpiresAt",
                table: "admins",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "LastUsedAt",
                table: "admins",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "ProjectId",
                table: "admins",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "RevokedAt",
                table: "admins",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Role",
                table: "admins",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "Owner");

            migrationBuilder.AddColumn<string>(
                name: "Source",
                table: "admins",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "Bootstrap");

            migrationBuilder.AddColumn<string>(
                name: "Subject",
                table: "admins",
                type: "character varying(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "TokenPrefix",
                table: "admins",
                type: "character varying(20)",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "UpdatedAt",
                table: "admins",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTime(2026, 11, 21, 0, 0, 0, DateTimeKind.Utc));

            migrationBuilder.AddPrimaryKey(
                name: "PK_admins",
                table: "admins",
                column: "Id");

            migrationBuilder.CreateTable(
                name: "admin_sessions",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Digest = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    AdminId = table.Column<Guid>(type: "uuid", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_admin_sessions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_admin_sessions_admins_AdminId",
                        column: x => x.AdminId,
                        principalTable: "admins",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_admins_Subject",
                table: "admins",
                column: "Subject",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_admin_sessions_AdminId",
                table: "admin_sessions",
                column: "AdminId");

            migrationBuilder.CreateIndex(
                name: "IX_admin_sessions_Digest",
                table: "admin_sessions",
                column: "Digest",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "admin_sessions");

            migrationBuilder.DropPrimaryKey(
                name: "PK_admins",
                table: "admins");

            migrationBuilder.DropIndex(
                name: "IX_admins_Subject",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "Enabled",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "ExpiresAt",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "LastUsedAt",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "ProjectId",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "RevokedAt",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "Role",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "Source",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "Subject",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "TokenPrefix",
                table: "admins");

            migrationBuilder.DropColumn(
                name: "UpdatedAt",
                table: "admins");

            migrationBuilder.RenameTable(
                name: "admins",
                newName: "admin_tokens");

            migrationBuilder.RenameIndex(
                name: "IX_admins_Name",
                table: "admin_tokens",
                newName: "IX_admin_tokens_Name");

            migrationBuilder.RenameIndex(
                name: "IX_admins_Digest",
                table: "admin_tokens",
                newName: "IX_admin_tokens_Digest");

            migrationBuilder.AlterColumn<byte[]>(
                name: "Digest",
                table: "admin_tokens",
                type: "bytea",
                maxLength: 32,
                nullable: false,
                defaultValue: new byte[0],
                oldClrType: typeof(byte[]),
                oldType: "bytea",
                oldMaxLength: 32,
                oldNullable: true);

            migrationBuilder.AddPrimaryKey(
                name: "PK_admin_tokens",
                table: "admin_tokens",
                column: "Id");
        }
    }
}
