using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UsageService.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "calls",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    RequestId = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false),
                    KeyId = table.Column<Guid>(type: "TEXT", nullable: true),
                    KeyName = table.Column<string>(type: "TEXT", nullable: true),
                    ProjectId = table.Column<Guid>(type: "TEXT", nullable: true),
                    ProjectName = table.Column<string>(type: "TEXT", nullable: true),
                    Format = table.Column<string>(type: "TEXT", nullable: false),
                    RequestedModel = table.Column<string>(type: "TEXT", nullable: false),
                    Stream = table.Column<bool>(type: "INTEGER", nullable: false),
                    StatusCode = table.Column<int>(type: "INTEGER", nullable: false),
                    ErrorCode = table.Column<string>(type: "TEXT", nullable: true),
                    Provider = table.Column<string>(type: "TEXT", nullable: true),
                    UpstreamModel = table.Column<string>(type: "TEXT", nullable: true),
                    Usage_InputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_CacheReadTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_CacheWrite5MinuteTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_CacheWrite1HourTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_AudioInputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_ImageInputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_OutputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_ReasoningTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_AudioOutputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_Source = table.Column<string>(type: "TEXT", nullable: false),
                    Usage_CostNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    LatencyMs = table.Column<double>(type: "REAL", nullable: false),
                    FirstTokenMs = table.Column<double>(type: "REAL", nullable: true),
                    OverheadMs = table.Column<double>(type: "REAL", nullable: false),
                    TraceId = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_calls", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "attempts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    CallId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Provider = table.Column<string>(type: "TEXT", nullable: false),
                    UpstreamModel = table.Column<string>(type: "TEXT", nullable: false),
                    UpstreamStatus = table.Column<int>(type: "INTEGER", nullable: true),
                    ErrorCode = table.Column<string>(type: "TEXT", nullable: true),
                    Usage_InputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_CacheReadTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_CacheWrite5MinuteTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_CacheWrite1HourTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_AudioInputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_ImageInputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_OutputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_ReasoningTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_AudioOutputTokens = table.Column<long>(type: "INTEGER", nullable: false),
                    Usage_Source = table.Column<string>(type: "TEXT", nullable: false),
                    Usage_CostNanoUsd = table.Column<long>(type: "INTEGER", nullable: true),
                    DurationMs = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_attempts", x => x.Id);
                    table.ForeignKey(
                        name: "FK_attempts_calls_CallId",
                        column: x => x.CallId,
                        principalTable: "calls",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_attempts_CallId",
                table: "attempts",
                column: "CallId");

            migrationBuilder.CreateIndex(
                name: "IX_calls_CreatedAt_Id",
                table: "calls",
                columns: new[] { "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_calls_RequestId",
                table: "calls",
                column: "RequestId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "attempts");

            migrationBuilder.DropTable(
                name: "calls");
        }
    }
}
