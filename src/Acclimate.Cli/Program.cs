using Acclimate.Cli;
using Acclimate.Cli.Rendering;

using Interruption interruption = new();
return CommandLine.Run(args, Screen.OfConsole(), interruption.Token);
