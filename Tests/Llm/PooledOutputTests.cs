using System.Buffers;
using Gateway.Llm.Json;
using Shouldly;
using Xunit;

namespace Tests.Llm;

public sealed class PooledOutputTests
{
    [Fact]
    public void Output_WhenItGrows_KeepsWhatWasWritten()
    {
        var expected = new List<byte>();
        using var output = new PooledOutput();

        for (var i = 0; i < 300; i++)
        {
            byte[] piece = [.. Enumerable.Range(0, i).Select(number => (byte)(number + i))];
            output.Write(piece);
            expected.AddRange(piece);
        }

        output.ToArray().ShouldBe(expected);
    }

    [Fact]
    public void Output_WhenMoreIsAskedForThanWritten_HasWhatWasWritten()
    {
        using var output = new PooledOutput();

        output.GetSpan(100_000)[0] = 1;
        output.Advance(1);
        output.GetMemory(1_000_000).Span[0] = 2;
        output.Advance(1);

        output.Written.ToArray().ShouldBe([1, 2]);
        Should.Throw<ArgumentOutOfRangeException>(() => output.Advance(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => output.Advance(int.MaxValue));
    }

    [Fact]
    public void Output_WhenCleared_BeginsAnew()
    {
        using var output = new PooledOutput();
        output.Write("first"u8);

        output.Clear();
        output.Write("two"u8);

        output.ToArray().ShouldBe("two"u8.ToArray());
    }

    [Fact]
    public void Output_WhenDisposedTwice_GivesItsBufferBackOnce()
    {
        var output = new PooledOutput();
        output.Write("text"u8);

        output.Dispose();
        output.Dispose();

        output.Written.IsEmpty.ShouldBeTrue();
        byte[] one = ArrayPool<byte>.Shared.Rent(1024), other = ArrayPool<byte>.Shared.Rent(1024);
        one.ShouldNotBeSameAs(other);
    }
}
