// Listeners to spans hear the whole process, and what a host leaves is counted for the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
