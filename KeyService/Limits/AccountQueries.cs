namespace KeyService.Limits;

internal static class AccountQueries
{
    /// <summary>Those whose name begins so, in whatever case; all of them without a prefix.</summary>
    public static IQueryable<T> WithNamePrefix<T>(this IQueryable<T> accounts, string? prefix)
        where T : Account
    {
        if (prefix is null)
        {
            return accounts;
        }

        // The databases' LIKEs do not agree on case, their lower() does.
        var start = prefix.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // SQL has no cultures.
        return accounts.Where(account => account.Name.ToLower().StartsWith(start));
#pragma warning restore CA1304, CA1311, CA1862, MA0011
    }
}
