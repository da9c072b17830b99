using Acclimate.TestSupport;

// One test at a time: every test checks that it left no tensor behind, and that count is the process's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: LeavesNoTensor]
