// What is measured here is the whole machine's: links, memory, latency. One test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
