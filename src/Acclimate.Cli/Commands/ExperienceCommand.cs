using System.CommandLine;
using System.Globalization;
using Acclimate.Cli.Rendering;
using Acclimate.Selection.Experience;

namespace Acclimate.Cli.Commands;

/// <summary>What was learnt from earlier runs: list it, take it elsewhere, forget it.</summary>
internal sealed class ExperienceCommand : ExampledCommand
{
    public ExperienceCommand(Screen screen)
        : base("experience", $"What earlier runs taught, by which auto orders what it tries ({ExperienceStore.Variable} names another file; off keeps none)")
    {
        Add(new ListCommand(screen));
        Add(new ExportCommand(screen));
        Add(new ImportCommand(screen));
        Add(new ForgetCommand(screen));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate experience list",
        "acclimate experience export team.jsonl",
        "acclimate experience import team.jsonl",
        "acclimate experience forget --source hospital-a",
    ];

    private static ExperienceStore Store() => ExperienceStore.OfUser()
        ?? throw new UsageException($"{ExperienceStore.Variable} is off: no experience is kept. Unset it, or name a file with it.");

    private static string Points(double? gain) => gain is { } known ? known.ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture) : "not known";

    private sealed class ListCommand : ExampledCommand
    {
        public ListCommand(Screen screen)
            : base("list", "List what is kept, latest last")
        {
            Option<bool> json = new("--json") { Description = "Write JSON" };
            Add(json);
            SetAction(parsed =>
            {
                ExperienceStore store = Store();
                StoredExperiences all = store.Read();
                if (parsed.GetValue(json))
                {
                    screen.Json(new { store.Path, all.Damaged, all.Experiences });
                    return ExitCode.Success;
                }

                foreach (Experience one in all.Experiences)
                {
                    string line = string.Create(CultureInfo.InvariantCulture, $"{one.At:yyyy-MM-dd HH:mm}  {one.Source} → {one.Target}  {Reflection.NameOf(one)}  ");
                    Prose.Hang(screen.Out, string.Empty, $"{line}{(one.Gain is null ? "gain not known" : Points(one.Gain) + " points")}");
                }

                screen.Out.WriteLine($"{all.Experiences.Count} kept in {store.Path}, {all.Experiences.Count(static one => one.Gain is not null)} with a known gain");
                if (all.Damaged > 0)
                    screen.Out.WriteLine($"{all.Damaged} damaged lines were passed over; `acclimate experience forget --damaged` takes them out");
                return ExitCode.Success;
            });
        }

        public override IReadOnlyList<string> Examples => ["acclimate experience list", "acclimate experience list --json"];
    }

    private sealed class ExportCommand : ExampledCommand
    {
        public ExportCommand(Screen screen)
            : base("export", "Write what is kept to a file of its own")
        {
            Argument<string> file = new("FILE") { Description = "A line of JSON for each" };
            Option<bool> json = new("--json") { Description = "Write JSON" };
            Add(file);
            Add(json);
            SetAction(parsed =>
            {
                IReadOnlyList<Experience> all = Store().Read().Experiences;
                string path = parsed.GetRequiredValue(file);
                ExperienceStore.Export(path, all);
                if (parsed.GetValue(json))
                    screen.Json(new { Path = path, Exported = all.Count });
                else
                    screen.Out.WriteLine($"Written to {path}: {all.Count}");
                return ExitCode.Success;
            });
        }

        public override IReadOnlyList<string> Examples => ["acclimate experience export team.jsonl"];
    }

    private sealed class ImportCommand : ExampledCommand
    {
        public ImportCommand(Screen screen)
            : base("import", "Add what another store's file holds; what is known already is not added twice")
        {
            Argument<string> file = new("FILE") { Description = "What export wrote" };
            Option<bool> json = new("--json") { Description = "Write JSON" };
            Add(file);
            Add(json);
            SetAction(parsed =>
            {
                (int fresh, int damaged) = Store().Import(parsed.GetRequiredValue(file));
                if (parsed.GetValue(json))
                    screen.Json(new { New = fresh, Damaged = damaged });
                else
                    screen.Out.WriteLine($"New: {fresh}{(damaged > 0 ? $"; damaged lines passed over: {damaged}" : string.Empty)}");
                return ExitCode.Success;
            });
        }

        public override IReadOnlyList<string> Examples => ["acclimate experience import team.jsonl"];
    }

    private sealed class ForgetCommand : ExampledCommand
    {
        public ForgetCommand(Screen screen)
            : base("forget", "Take experiences out for good")
        {
            Option<bool> everything = new("--all") { Description = "All of them" };
            Option<string?> source = new("--source") { Description = "Those from this source", HelpName = "NAME" };
            Option<string?> target = new("--target") { Description = "Those to this target", HelpName = "NAME" };
            Option<string?> method = new("--method") { Description = "Those of this method", HelpName = "NAME" };
            Option<DateTime?> before = new("--before") { Description = "Those from before this day", HelpName = "YYYY-MM-DD" };
            Option<bool> damaged = new("--damaged") { Description = "Only lines that are damaged" };
            Option<bool> json = new("--json") { Description = "Write JSON" };
            foreach (Option option in (Option[])[everything, source, target, method, before, damaged, json])
                Add(option);
            SetAction(parsed =>
            {
                (string? s, string? t, string? m, DateTime? day) = (parsed.GetValue(source), parsed.GetValue(target), parsed.GetValue(method), parsed.GetValue(before));
                bool some = s is not null || t is not null || m is not null || day is not null;
                if (!parsed.GetValue(everything) && !some && !parsed.GetValue(damaged))
                    throw new UsageException("say what to forget: --source, --target, --method, --before (together: those that meet all), --damaged, or --all");
                int forgotten = Store().Forget(one => parsed.GetValue(everything)
                    || (some && (s is null || one.Source == s) && (t is null || one.Target == t) && (m is null || one.Method == m) && (day is null || one.At.LocalDateTime < day)));
                if (parsed.GetValue(json))
                    screen.Json(new { Forgotten = forgotten });
                else
                    screen.Out.WriteLine($"Forgotten: {forgotten}");
                return ExitCode.Success;
            });
        }

        public override IReadOnlyList<string> Examples => ["acclimate experience forget --source hospital-a", "acclimate experience forget --before 2026-01-01", "acclimate experience forget --all"];
    }
}
