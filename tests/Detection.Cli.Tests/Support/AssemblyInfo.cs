// One test at a time: libtorch's threads are shared, and one test changes the working folder of the process.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
