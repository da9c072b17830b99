using System.Numerics;

namespace Acclimate.Generated;

/// <summary>Textures, and the softening of a picture: everything in the wild that isn't the digit.</summary>
internal static class Backdrop
{
    /// <summary>Smooth noise in −1 … 1: random values on a coarse grid, blended between its nodes.</summary>
    /// <param name="texture">Filled, row by row.</param>
    /// <param name="side">Pixels in a row.</param>
    /// <param name="cell">Pixels from node to node.</param>
    /// <param name="random">Where the values come from.</param>
    public static void Noise(Span<float> texture, int side, float cell, ref RandomStream random)
    {
        int nodes = (int)(side / cell) + 2;
        Span<float> grid = stackalloc float[nodes * nodes];
        foreach (ref float node in grid)
            node = random.Uniform(-1, 1);
        for (int y = 0; y < side; y++)
        {
            (int row, float down) = Split(y / cell);
            for (int x = 0; x < side; x++)
            {
                (int column, float across) = Split(x / cell);
                int at = (row * nodes) + column;
                float upper = float.Lerp(grid[at], grid[at + 1], across);
                float lower = float.Lerp(grid[at + nodes], grid[at + nodes + 1], across);
                texture[(y * side) + x] = float.Lerp(upper, lower, down);
            }
        }

        // The smoothstep 3t² − 2t³ hides the grid.
        static (int Node, float Blend) Split(float position)
        {
            int node = (int)position;
            float t = position - node;
            return (node, t * t * (3 - (2 * t)));
        }
    }

    /// <summary>A grating in −1 … 1: a wave of a random direction and phase.</summary>
    public static void Grating(Span<float> texture, int side, float wavelength, ref RandomStream random)
    {
        float angle = random.Uniform(0, MathF.PI), phase = random.Uniform(0, 2 * MathF.PI);
        Vector2 wave = 2 * MathF.PI / wavelength * new Vector2(MathF.Cos(angle), MathF.Sin(angle));
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
                texture[(y * side) + x] = MathF.Sin(Vector2.Dot(wave, new(x, y)) + phase);
        }
    }

    /// <summary>Softens a picture with a Gaussian of a deviation in pixels, across and then down; its edges repeat.</summary>
    public static void Blur(Span<float> picture, int side, float deviation)
    {
        int radius = (int)MathF.Ceiling(2.5f * deviation);
        Span<float> kernel = stackalloc float[(2 * radius) + 1];
        float sum = 0;
        for (int i = -radius; i <= radius; i++)
            sum += kernel[i + radius] = MathF.Exp(-i * i / (2 * deviation * deviation));
        Span<float> line = stackalloc float[side];
        foreach ((int along, int step) in ((int, int)[])[(1, side), (side, 1)])
        {
            for (int row = 0; row < side; row++)
            {
                for (int i = 0; i < side; i++)
                    line[i] = picture[(row * step) + (i * along)];
                for (int i = 0; i < side; i++)
                {
                    float value = 0;
                    for (int k = -radius; k <= radius; k++)
                        value += kernel[k + radius] * line[Math.Clamp(i + k, 0, side - 1)];
                    picture[(row * step) + (i * along)] = value / sum;
                }
            }
        }
    }
}
