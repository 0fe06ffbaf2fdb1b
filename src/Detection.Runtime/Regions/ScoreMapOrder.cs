// How the channels of position-sensitive score maps are laid out.
namespace Detection.Runtime;

/// <summary>Which channel of a position-sensitive map belongs to class c and bin (i, j) of k x k.</summary>
public enum ScoreMapOrder
{
    /// <summary>(c * k + i) * k + j: R-FCN's and Light-Head R-CNN's code, torchvision.</summary>
    ClassMajor,

    /// <summary>(i * k + j) * C + c: TensorFlow's object detection library.</summary>
    BinMajor,
}
