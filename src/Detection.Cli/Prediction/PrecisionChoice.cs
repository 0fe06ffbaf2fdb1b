// --precision: what a model computes in, for models whose spec places casts.
using System.CommandLine;
using Detection.Runtime;
using TorchSharp;

namespace Detection.Cli;

internal static class PrecisionChoice
{
    /// <summary>The option of the verbs that run a model.</summary>
    public static Option<string?> Option()
    {
        var option = new Option<string?>("--precision") { HelpName = "fp32|bf16", Description = "What a model whose spec says 'precision: bf16' computes in; bf16 when absent. Weights are fp32 in any case." };
        option.AcceptOnlyFromAmong("fp32", "bf16");
        return option;
    }

    /// <summary>Sets what a model computes in.</summary>
    /// <param name="module">The model.</param>
    /// <param name="card">Its card.</param>
    /// <param name="word">The option's value; null leaves the model as it is.</param>
    /// <exception cref="UsageException">bf16 is asked of a model that has no casts.</exception>
    public static void Set(torch.nn.Module module, ModelCard card, string? word)
    {
        switch (module, word)
        {
            case (IMixedPrecision mixed, not null):
                mixed.Precision = word == "bf16" ? ComputePrecision.BFloat16 : ComputePrecision.Float32;
                break;
            case (_, "bf16"):
                throw new UsageException($"{card.Name} computes in fp32 only: a spec of two lines that extends it and says 'train: {{ precision: bf16 }}' has both.");
        }
    }
}
