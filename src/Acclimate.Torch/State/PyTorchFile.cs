namespace Acclimate.Torch;

/// <summary>PyTorch's own files.</summary>
public static class PyTorchFile
{
}
