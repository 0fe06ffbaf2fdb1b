// Weights that are others while they are validated or saved than while they learn.
namespace Detection.Runtime;

/// <summary>Exchanges the weights that learn for those that are handed out, and back.</summary>
internal interface IWeightExchange
{
    /// <summary>The one way and, called again, the other, bit by bit.</summary>
    void Exchange();
}
