namespace Acclimate; internal static class Placeholder;
