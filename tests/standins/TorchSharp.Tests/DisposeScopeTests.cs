// Dispose scopes: who owns a tensor and when it goes.
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_created_in_it()
    {
        Tensor inside;
        using (NewDisposeScope())
            inside = ones(2);
        Assert.True(inside.IsInvalid);
    }

    [Fact]
    public void A_tensor_created_before_a_scope_survives_it()
    {
        using var outside = ones(2);
        using (NewDisposeScope())
            outside.add_(1);
        Expect.Row(outside, 2, 2);
    }

    [Fact]
    public void A_tensor_moved_to_the_outer_scope_goes_with_that_one()
    {
        Tensor moved;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
                moved = ones(2).MoveToOuterDisposeScope();
            Assert.False(moved.IsInvalid);
        }
        Assert.True(moved.IsInvalid);
    }

    [Fact]
    public void Moving_outwards_from_the_outermost_scope_detaches()
    {
        Tensor moved;
        using (NewDisposeScope())
            moved = ones(2).MoveToOuterDisposeScope();
        Assert.False(moved.IsInvalid);
        moved.Dispose();
    }

    [Fact]
    public void A_detached_tensor_belongs_to_no_scope()
    {
        Tensor detached;
        using (NewDisposeScope())
            detached = ones(2).DetachFromDisposeScope();
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void An_attached_tensor_goes_with_the_scope()
    {
        var attached = ones(2);
        using (var scope = NewDisposeScope())
        {
            scope.Attach(attached);
            Assert.True(scope.Contains(attached));
        }
        Assert.True(attached.IsInvalid);
    }

    [Fact]
    public void A_tensor_can_follow_another_one_into_its_scope()
    {
        using var outer = NewDisposeScope();
        var anchor = ones(1);
        Tensor follower;
        using (NewDisposeScope())
            follower = ones(1).MoveToOtherDisposeScope(anchor);
        Assert.False(follower.IsInvalid);
        Assert.True(outer.Contains(follower));
    }

    [Fact]
    public void DisposeEverythingBut_keeps_what_it_is_told_to_keep()
    {
        using var scope = NewDisposeScope();
        var (kept, gone) = (ones(1), ones(1));
        scope.DisposeEverythingBut(kept);
        Assert.False(kept.IsInvalid);
        Assert.True(gone.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void A_tensor_disposed_by_hand_leaves_its_scope()
    {
        using var scope = NewDisposeScope();
        var tensor = ones(1);
        tensor.Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void An_outer_scope_can_end_before_an_inner_one()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        var tensor = ones(1);
        outer.Dispose();
        Assert.False(tensor.IsInvalid);
        inner.Dispose();
        Assert.True(tensor.IsInvalid);
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void An_ended_scope_refuses_further_use()
    {
        var scope = NewDisposeScope();
        scope.Dispose();
        scope.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scope.DisposablesCount);
    }

    [Fact]
    public void Of_a_wrapped_expression_only_the_result_survives()
    {
        Tensor? intermediate = null;
        using var result = WrappedTensorDisposeScope(() =>
        {
            intermediate = ones(2);
            return intermediate + 1;
        });
        Expect.Row(result, 2, 2);
        Assert.True(intermediate!.IsInvalid);
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        using var scope = NewDisposeScope();
        var elsewhere = true;
        Tensor? made = null;
        var thread = new Thread(() =>
        {
            elsewhere = CurrentDisposeScope is not null;
            made = ones(1);
        });
        thread.Start();
        thread.Join();
        Assert.False(elsewhere);
        Assert.False(scope.Contains(made!));
        made!.Dispose();
    }

    [Fact]
    public void Statistics_count_creations_and_disposals_of_the_thread()
    {
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        var outside = ones(1);
        outside.Dispose();
        using (NewDisposeScope())
        {
            _ = ones(1);
            ones(1).DetachFromDisposeScope().Dispose();
        }
        Assert.Equal(1, statistics.CreatedOutsideScopeCount);
        Assert.Equal(2, statistics.CreatedInScopeCount);
        Assert.Equal(1, statistics.DisposedInScopeCount);
        Assert.Equal(2, statistics.DisposedOutsideScopeCount);
        Assert.Equal(1, statistics.DetachedFromScopeCount);
        Assert.Equal(0, statistics.ThreadTotalLiveCount);
    }
}
