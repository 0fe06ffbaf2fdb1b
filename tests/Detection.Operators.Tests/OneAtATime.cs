// torch has one generator of random numbers for the process: modules created beside each other would draw from each other's sequence.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
