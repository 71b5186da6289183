using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UsageService.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class AuditChain : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "Changes",
                table: "audit_log",
                newName: "changes");

            migrationBuilder.RenameColumn(
                name: "Actor",
                table: "audit_log",
                newName: "actor");

            migrationBuilder.RenameColumn(
                name: "Action",
                table: "audit_log",
                newName: "action");

            migrationBuilder.RenameColumn(
                name: "Id",
                table: "audit_log",
                newName: "id");

            migrationBuilder.RenameColumn(
                name: "StatusCode",
                table: "audit_log",
                newName: "status_code");

            migrationBuilder.RenameColumn(
                name: "ResourceType",
                table: "audit_log",
                newName: "resource_type");

            migrationBuilder.RenameColumn(
                name: "ResourceId",
                table: "audit_log",
                newName: "resource_id");

            migrationBuilder.RenameColumn(
                name: "RequestId",
                table: "audit_log",
                newName: "request_id");

            migrationBuilder.RenameColumn(
                name: "CreatedAt",
                table: "audit_log",
                newName: "created_at");

            migrationBuilder.RenameIndex(
                name: "IX_audit_log_ResourceId",
                table: "audit_log",
                newName: "IX_audit_log_resource_id");

            migrationBuilder.RenameIndex(
                name: "IX_audit_log_CreatedAt_Id",
                table: "audit_log",
                newName: "IX_audit_log_created_at_id");

            migrationBuilder.AlterColumn<string>(
                name: "action",
                table: "audit_log",
                type: "character varying(200)",
                maxLength: 200,
                nullable: false,
                oldClrType: typeof(string),
                oldType: "character varying(40)",
                oldMaxLength: 40);

            migrationBuilder.AlterColumn<string>(
                name: "resource_type",
                table: "audit_log",
                type: "character varying(200)",
                maxLength: 200,
                nullable: false,
                oldClrType: typeof(string),
                oldType: "character varying(40)",
                oldMaxLength: 40);

            migrationBuilder.AlterColumn<string>(
                name: "resource_id",
                table: "audit_log",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "request_id",
                table: "audit_log",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);

            migrationBuilder.AddColumn<string>(
                name: "actor_key",
                table: "audit_log",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "chain",
                table: "audit_log",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "client",
                table: "audit_log",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "key_id",
                table: "audit_log",
                type: "character varying(16)",
                maxLength: 16,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<byte[]>(
                name: "mac",
                table: "audit_log",
                type: "bytea",
                maxLength: 32,
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.AddColumn<byte[]>(
                name: "previous",
                table: "audit_log",
                type: "bytea",
                maxLength: 32,
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.AddColumn<long>(
                name: "seq",
                table: "audit_log",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "source",
                table: "audit_log",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true);

            // Entries of before there were chains stay readable: numbered, and not sealed.
            migrationBuilder.Sql(
                """
                UPDATE audit_log SET chain = 'legacy', seq = numbered.place
                FROM (SELECT id AS numbered_id, ROW_NUMBER() OVER (ORDER BY created_at, id) AS place FROM audit_log) AS numbered
                WHERE audit_log.id = numbered.numbered_id
                """);

            migrationBuilder.CreateTable(
                name: "audit_chain",
                columns: table => new
                {
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    actor = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    actor_key = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    source = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    client = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    action = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    resource_type = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    resource_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    request_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    status_code = table.Column<int>(type: "integer", nullable: true),
                    changes = table.Column<string>(type: "text", nullable: true),
                    key_id = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: false),
                    previous = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    mac = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_chain", x => x.seq);
                });

            migrationBuilder.CreateTable(
                name: "audit_head",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    mac = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    copied_seq = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_head", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_audit_log_actor_created_at",
                table: "audit_log",
                columns: new[] { "actor", "created_at" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_log_chain_seq",
                table: "audit_log",
                columns: new[] { "chain", "seq" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_chain");

            migrationBuilder.DropTable(
                name: "audit_head");

            migrationBuilder.DropIndex(
                name: "IX_audit_log_actor_created_at",
                table: "audit_log");

            migrationBuilder.DropIndex(
                name: "IX_audit_log_chain_seq",
                table: "audit_log");

            migrationBuilder.DropColumn(
                name: "actor_key",
                table: "audit_log");

            migrationBuilder.DropColumn(
                name: "chain",
                table: "audit_log");

            migrationBuilder.DropColumn(
                name: "client",
                table: "audit_log");

            migrationBuilder.DropColumn(
                name: "key_id",
                table: "audit_log");

            migrationBuilder.DropColumn(
                name: "mac",
                table: "audit_log");

            migrationBuilder.DropColumn(
                name: "previous",
                table: "audit_log");

            migrationBuilder.DropColumn(
                name: "seq",
                table: "audit_log");

            migrationBuilder.DropColumn(
                name: "source",
                table: "audit_log");

            migrationBuilder.RenameColumn(
                name: "changes",
                table: "audit_log",
                newName: "Changes");

            migrationBuilder.RenameColumn(
                name: "actor",
                table: "audit_log",
                newName: "Actor");

            migrationBuilder.RenameColumn(
                name: "action",
                table: "audit_log",
                newName: "Action");

            migrationBuilder.RenameColumn(
                name: "id",
                table: "audit_log",
                newName: "Id");

            migrationBuilder.RenameColumn(
                name: "status_code",
                table: "audit_log",
                newName: "StatusCode");

            migrationBuilder.RenameColumn(
                name: "resource_type",
                table: "audit_log",
                newName: "ResourceType");

            migrationBuilder.RenameColumn(
                name: "resource_id",
                table: "audit_log",
                newName: "ResourceId");

            migrationBuilder.RenameColumn(
                name: "request_id",
                table: "audit_log",
                newName: "RequestId");

            migrationBuilder.RenameColumn(
                name: "created_at",
                table: "audit_log",
                newName: "CreatedAt");

            migrationBuilder.RenameIndex(
                name: "IX_audit_log_resource_id",
                table: "audit_log",
                newName: "IX_audit_log_ResourceId");

            migrationBuilder.RenameIndex(
                name: "IX_audit_log_created_at_id",
                table: "audit_log",
                newName: "IX_audit_log_CreatedAt_Id");

            migrationBuilder.AlterColumn<string>(
                name: "Action",
                table: "audit_log",
                type: "character varying(40)",
                maxLength: 40,
                nullable: false,
                oldClrType: typeof(string),
                oldType: "character varying(200)",
                oldMaxLength: 200);

            migrationBuilder.AlterColumn<string>(
                name: "ResourceType",
                table: "audit_log",
                type: "character varying(40)",
                maxLength: 40,
                nullable: false,
                oldClrType: typeof(string),
                oldType: "character varying(200)",
                oldMaxLength: 200);

            migrationBuilder.AlterColumn<string>(
                name: "ResourceId",
                table: "audit_log",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(200)",
                oldMaxLength: 200,
                oldNullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "RequestId",
                table: "audit_log",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(200)",
                oldMaxLength: 200,
                oldNullable: true);
        }
    }
}
