// Threads that fill batches ahead of their consumer, place by place in order, never more batches than allowed.
using System.Runtime.ExceptionServices;

namespace Detection.Runtime;

/// <summary>What one thread fills places of batches with.</summary>
/// <param name="Fill">Fills: the batch, the place in it, the position in the epoch.</param>
/// <param name="Done">Called when the thread needs it no more.</param>
internal sealed record PlaceFiller(Action<HostBatch, int, int> Fill, Action Done);

/// <summary>
/// One epoch's threads. A thread takes the next place that nobody has taken, so that all work on the batch that is wanted first. The
/// consumer takes the batches in order; disposing ends and joins the threads.
/// </summary>
internal sealed class ReadAhead : IDisposable
{
    /// <summary>Begins the names of the threads.</summary>
    public const string ThreadName = "detection batch loader";

    private readonly object gate = new();
    private readonly int places;
    private readonly int batchSize;
    private readonly int ahead;
    private readonly Func<int, int, HostBatch> create;
    private readonly Dictionary<int, Slot> slots = [];
    private readonly Thread[] threads;
    private int next;
    private int wanted;
    private bool stopped;
    private Exception? failure;

    /// <param name="places">Images of the epoch.</param>
    /// <param name="batchSize">Images of a batch; the last may have fewer.</param>
    /// <param name="firstBatch">The batch to begin with.</param>
    /// <param name="ahead">Batches that may be under way or ready besides the one the consumer has.</param>
    /// <param name="workers">Number of threads.</param>
    /// <param name="create">Makes an empty batch from its index and size.</param>
    /// <param name="createFiller">Makes what one thread fills places with.</param>
    public ReadAhead(
        int places, int batchSize, int firstBatch, int ahead, int workers, Func<int, int, HostBatch> create, Func<PlaceFiller> createFiller)
    {
        this.places = places;
        this.batchSize = batchSize;
        this.ahead = ahead;
        this.create = create;
        wanted = firstBatch;
        next = firstBatch * batchSize;
        threads = new Thread[workers];
        for (var i = 0; i < workers; i++)
        {
            threads[i] = new Thread(() => Work(createFiller)) { IsBackground = true, Name = $"{ThreadName} {i + 1}" };
        }
        foreach (var thread in threads)
        {
            thread.Start();
        }
    }

    /// <summary>Waits for a batch; batches are taken in order.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public HostBatch Take(int index, CancellationToken cancellation)
    {
        using var waking = cancellation.UnsafeRegister(static state => ((ReadAhead)state!).Wake(), this);
        lock (gate)
        {
            wanted = index;
            Monitor.PulseAll(gate);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (slots.TryGetValue(index, out var slot) && slot.Missing == 0)
                {
                    slots.Remove(index);
                    // The place that it leaves may be filled while the consumer is busy with it.
                    wanted = index + 1;
                    Monitor.PulseAll(gate);
                    return slot.Batch;
                }
                if (failure is not null)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }
                Monitor.Wait(gate);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }
        foreach (var thread in threads)
        {
            thread.Join();
        }
        foreach (var slot in slots.Values)
        {
            slot.Batch.Dispose();
        }
        slots.Clear();
    }

    private void Wake()
    {
        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    }

    private void Work(Func<PlaceFiller> createFiller)
    {
        try
        {
            var filler = createFiller();
            while (NextPlace() is var (slot, position))
            {
                filler.Fill(slot.Batch, position % batchSize, position);
                lock (gate)
                {
                    if (--slot.Missing == 0)
                    {
                        Monitor.PulseAll(gate);
                    }
                }
            }
            filler.Done();
        }
        catch (Exception e)
        {
            // The consumer sees it, after the batches that were complete before.
            lock (gate)
            {
                failure ??= e;
                stopped = true;
                Monitor.PulseAll(gate);
            }
        }
    }

    private (Slot Slot, int Position)? NextPlace()
    {
        lock (gate)
        {
            while (!stopped && next < places && next / batchSize >= wanted + ahead)
            {
                Monitor.Wait(gate);
            }
            if (stopped || next >= places)
            {
                return null;
            }
            var position = next++;
            var index = position / batchSize;
            if (!slots.TryGetValue(index, out var slot))
            {
                var count = Math.Min(batchSize, places - index * batchSize);
                slot = new Slot(create(index, count), count);
                slots.Add(index, slot);
            }
            return (slot, position);
        }
    }

    private sealed class Slot(HostBatch batch, int missing)
    {
        public HostBatch Batch { get; } = batch;

        public int Missing { get; set; } = missing;
    }
}
