using System.Text;

namespace Gateway.Llm.Json;

/// <summary>Text that comes in pieces. A single piece is kept as it is, and what has once been put together is not put together again.</summary>
internal sealed class GatheredText
{
    private StringBuilder? _pieces;
    private string? _text = "";

    public int Length { get; private set; }

    public void Append(string? piece)
    {
        if (string.IsNullOrEmpty(piece))
        {
            return;
        }

        if (Length == 0)
        {
            _text = piece;
        }
        else
        {
            (_pieces ??= new StringBuilder(_text)).Append(piece);
            _text = null;
        }

        Length += piece.Length;
    }

    public void Clear()
    {
        (_pieces, _text, Length) = (null, "", 0);
    }

    public override string ToString() => _text ??= _pieces!.ToString();
}
