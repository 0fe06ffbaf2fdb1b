// From "so many are done" to "one more is done": what runs tell, and what a bar wants to be told.
namespace Detection.Cli;

/// <param name="step">Called once for each unit.</param>
internal sealed class EachStep(Action step) : IProgress<int>
{
    private int told;

    public void Report(int value)
    {
        for (; told < value; told++)
        {
            step();
        }
    }
}
