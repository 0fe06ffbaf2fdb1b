// One test at a time: some count live tensors, and libtorch's threads are shared anyway.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
