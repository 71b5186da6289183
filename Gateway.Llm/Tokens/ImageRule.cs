namespace Gateway.Llm.Tokens;

/// <summary>How a vendor turns an image's size into tokens.</summary>
internal abstract record ImageRule
{
    /// <summary>The size that is taken where the request does not say it (a URL, a file id): 1024 by 1024.</summary>
    public static readonly (int Width, int Height) UnknownSize = (1024, 1024);

    public abstract long Tokens(int width, int height, bool lowDetail);

    /// <summary>Both sides divided until the image fits, never enlarged.</summary>
    private protected static (double Width, double Height) Fit(double width, double height, double scale)
        => scale < 1 ? (width * scale, height * scale) : (width, height);
}

/// <summary>OpenAI until GPT-5: a base and so much for each tile of 512 pixels, after the shorter side was brought to 768.</summary>
internal sealed record TileRule(int Base, int PerTile) : ImageRule
{
    public override long Tokens(int width, int height, bool lowDetail)
    {
        if (lowDetail)
        {
            return Base;
        }

        var (w, h) = Fit(width, height, 2048.0 / Math.Max(width, height));
        (w, h) = Fit(w, h, 768 / Math.Min(w, h));
        return Base + (PerTile * (long)Math.Ceiling(w / 512) * (long)Math.Ceiling(h / 512));
    }
}

/// <summary>OpenAI's small and newest models: patches of 32 pixels, at most 1,536, times the model's factor.</summary>
internal sealed record PatchRule(double Factor) : ImageRule
{
    private const long MostPatches = 1536;

    public override long Tokens(int width, int height, bool lowDetail)
    {
        var patches = (long)Math.Ceiling(width / 32.0) * (long)Math.Ceiling(height / 32.0);
        return (long)Math.Ceiling(Math.Min(patches, lowDetail ? 256 : MostPatches) * Factor);
    }
}

/// <summary>Anthropic: pixels divided by 750, after the longer side was brought to 1,568 and the whole to about 1.2 megapixels.</summary>
internal sealed record AreaRule : ImageRule
{
    public override long Tokens(int width, int height, bool lowDetail)
    {
        var (w, h) = Fit(width, height, 1568.0 / Math.Max(width, height));
        return Math.Min(1600, (long)Math.Ceiling(w * h / 750));
    }
}

/// <summary>Every image costs the same: Gemini 3, and what publishes no rule.</summary>
internal sealed record FixedRule(int PerImage) : ImageRule
{
    public override long Tokens(int width, int height, bool lowDetail) => PerImage;
}

/// <summary>Gemini 2: 258 for an image of up to 384 pixels a side, else for each tile, which is two thirds of the shorter side, 256 to 768.</summary>
internal sealed record GeminiTileRule : ImageRule
{
    private const int PerTile = 258;

    public override long Tokens(int width, int height, bool lowDetail)
    {
        if (width <= 384 && height <= 384)
        {
            return PerTile;
        }

        var tile = Math.Clamp(Math.Floor(Math.Min(width, height) / 1.5), 256, 768);
        return PerTile * (long)Math.Ceiling(width / tile) * (long)Math.Ceiling(height / tile);
    }
}
