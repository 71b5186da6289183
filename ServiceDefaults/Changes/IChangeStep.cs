using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Changes;

/// <summary>What belongs into the transaction of an admin change beside the change and its entry in the audit log.</summary>
internal interface IChangeStep
{
    /// <summary>Before its first statement, when nobody else can change anything until its end. An exception refuses the change.</summary>
    /// <param name="database">The context of the change, in its transaction.</param>
    /// <param name="id">What is to be changed; null for what is made by the change.</param>
    /// <param name="cancellationToken">Of the request.</param>
    Task BeforeAsync(DbContext database, Guid? id, CancellationToken cancellationToken);

    /// <summary>Behind its last statement.</summary>
    Task AfterAsync(DbContext database, Guid? id, CancellationToken cancellationToken);
}
