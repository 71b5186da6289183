using Xunit;

namespace Tests.Limits;

/// <summary>Rows whose feature is not built: each of these is replaced by its test together with the feature.</summary>
public sealed class NotBuiltTests
{
    /// <summary>L11, its second half; the first is <see cref="TokenLimitTests"/>.</summary>
    [Fact(Skip = "There is no fallback: a call has one attempt.")]
    public void Fallback_WhenTheFirstAttemptHasCost_RecordsBothAndBillsTheSuccessfulOne()
    {
    }

    /// <summary>L17.</summary>
    [Fact(Skip = "There is no cache of answers.")]
    public void CacheHit_WhenAnswered_CountsAsARequestAndCostsNothing()
    {
    }
}
