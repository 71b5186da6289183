using Gateway.Edge.Services;
using Shouldly;
using Xunit;

namespace Tests.Edge;

public sealed class GroupCommitTests
{
    private readonly List<(int[] Requests, TaskCompletionSource<IReadOnlyList<string>> Answer)> _sent = [];
    private readonly GroupCommit<int, string> _commit;

    public GroupCommitTests() => _commit = new GroupCommit<int, string>(
        requests =>
        {
            var answer = new TaskCompletionSource<IReadOnlyList<string>>();
            _sent.Add(([.. requests], answer));
            return answer.Task;
        },
        maxBatch: 3);

    [Fact]
    public async Task Send_WhenAMessageIsOnItsWay_GathersTheNextOnesInOrder()
    {
        var first = _commit.SendAsync(1);
        _sent.ShouldHaveSingleItem().Requests.ShouldBe([1]);
        var others = Enumerable.Range(2, 4).Select(_commit.SendAsync).ToList();
        _sent.Count.ShouldBe(1);

        Answer(0);
        Answer(1);
        Answer(2);

        _sent.Select(message => string.Join(' ', message.Requests)).ShouldBe(["1", "2 3 4", "5"]);
        (await first).ShouldBe("answer 1");
        (await Task.WhenAll(others)).ShouldBe(["answer 2", "answer 3", "answer 4", "answer 5"]);

        var later = _commit.SendAsync(6);
        Answer(3);
        (await later).ShouldBe("answer 6");
    }

    [Fact]
    public async Task Send_WhenAMessageFails_FailsItsCallersAndSendsTheNext()
    {
        var first = _commit.SendAsync(1);
        var second = _commit.SendAsync(2);

        _sent[0].Answer.SetException(new IOException("lost"));
        Answer(1);

        (await Should.ThrowAsync<IOException>(() => first)).Message.ShouldBe("lost");
        (await second).ShouldBe("answer 2");
    }

    [Fact]
    public async Task Send_WhenAnswersAreMissing_TakesNoneForAnother()
    {
        var first = _commit.SendAsync(1);
        _sent[0].Answer.SetResult(["answer 1", "whose?"]);

        await Should.ThrowAsync<InvalidDataException>(() => first);
    }

    private void Answer(int message) => _sent[message].Answer.SetResult([.. _sent[message].Requests.Select(request => $"answer {request}")]);
}
