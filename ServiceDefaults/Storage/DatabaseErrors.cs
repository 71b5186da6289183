using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ServiceDefaults.Storage;

public static class DatabaseErrors
{
    private const int SqliteConstraint = 19;

    /// <summary>A unique index, a primary key or a foreign key said no: two changes came together.</summary>
    public static bool IsConstraintViolation(this DbUpdateException exception) => exception.InnerException is
        SqliteException { SqliteErrorCode: SqliteConstraint }
        or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation };
}
