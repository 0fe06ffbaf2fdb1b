// torch has one generator of random numbers for the process: trainings that run beside each other would draw from each other's sequence.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
