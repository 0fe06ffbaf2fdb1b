// Diagnosis of false positives, counted by hand.
using Xunit;

namespace Detection.Runtime.Tests;

public class ErrorAnalysisTests
{
    private static readonly string[] Classes = ["cat", "dog", "bottle"];
    private static readonly Box Cat = new(0, 0, 10, 10);
    private static readonly Box Dog = new(100, 0, 110, 10);
    private static readonly Box Bottle = new(200, 0, 210, 10);
    private static readonly Box Nowhere = new(300, 300, 310, 310);

    // IoU 1/3 with Cat.
    private static readonly Box HalfCat = new(5, 0, 15, 10);

    private static readonly LabelledObject[] Objects = [new(0, 0, Cat, false), new(0, 1, Dog, false), new(0, 2, Bottle, false)];

    private static ClassErrors Cats(LabelledObject[] objects, params (double Score, Box Box)[] found) =>
        new ErrorAnalysis().Run(Classes, 10, objects, [.. found.Select(f => new ScoredDetection(0, 0, f.Score, f.Box))])[0];

    [Fact]
    public void A_false_positive_is_what_it_overlaps()
    {
        var errors = Cats(Objects, (0.9, Cat), (0.8, Cat), (0.7, HalfCat), (0.6, Dog), (0.5, Bottle), (0.4, Nowhere));
        Assert.Equal(new ErrorTrend(6, 1, new ErrorCounts(2, 1, 1, 1)), errors.ByDetections[^1]);
        Assert.Equal(new ErrorTrend(1, 1, default), errors.Best);
        Assert.Equal(5, errors.ByDetections[^1].Errors.Total);
    }

    [Fact]
    public void Its_own_class_goes_before_a_similar_one_and_that_before_others()
    {
        LabelledObject[] crowded = [new(0, 0, Cat, false), new(0, 1, HalfCat, false), new(0, 2, HalfCat, false)];
        Assert.Equal(new ErrorCounts(1, 0, 0, 0), Cats(crowded, (0.9, HalfCat)).Best.Errors);
        Assert.Equal(new ErrorCounts(0, 1, 0, 0), Cats([.. crowded.Skip(1), new(1, 0, Cat, false)], (0.9, HalfCat)).Best.Errors);
    }

    [Fact]
    public void A_second_detection_takes_the_next_object_that_it_overlaps_enough()
    {
        // Unlike in VOC's own rules: the best object is taken, the second best is free.
        LabelledObject[] pair = [new(0, 0, Cat, false), new(0, 0, new Box(1, 0, 11, 10), false)];
        Assert.Equal(new ErrorTrend(2, 2, default), Cats(pair, (0.9, Cat), (0.8, Cat)).Best);
    }

    [Fact]
    public void Difficult_objects_are_neither_correct_nor_wrong()
    {
        var errors = Cats([new(0, 0, Cat, true), new(1, 0, Dog, false)], (0.9, Cat));
        Assert.Equal((1, new ErrorTrend(1, 0, default)), (errors.Objects, errors.Best));
    }

    [Fact]
    public void Precision_counts_as_if_there_were_the_same_number_of_objects_of_every_class()
    {
        // One object in ten images stands for 1.5: precision 1.5 / 2.5 behind one error, recall 1.
        var errors = Cats(Objects, (0.9, Nowhere), (0.8, Cat));
        Assert.Equal(0.6, errors.AveragePrecision, 1e-12);
        Assert.Equal(1, errors.Without[ErrorKind.Background], 1e-12);
        Assert.Equal(0.6, errors.Without[ErrorKind.Other], 1e-12);
    }

    [Fact]
    public void Placed_well_a_bad_place_would_be_a_hit_and_its_duplicates_would_be_gone()
    {
        var errors = Cats(Objects, (0.9, HalfCat), (0.8, Nowhere), (0.7, HalfCat));
        Assert.Equal(0, errors.AveragePrecision);
        Assert.Equal(1, errors.Without[ErrorKind.Localization], 1e-12);
    }

    [Fact]
    public void Trends_reach_as_far_as_there_are_errors()
    {
        var errors = Cats(Objects, [.. Enumerable.Range(0, 60).Select(i => (1 - i / 100.0, Nowhere))]);
        Assert.Equal([25, 50], errors.ByErrors.Select(t => t.Errors.Background));
    }

    [Fact]
    public void Without_objects_precision_is_no_number()
    {
        Assert.True(double.IsNaN(Cats([], (0.9, Cat)).AveragePrecision));
    }
}
