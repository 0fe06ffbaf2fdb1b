// The written halves of the operators that custom-operators.yaml declares.
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Detection.Operators.Models
{
    public sealed partial class CoordConv
    {
        public override partial Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var begin = this.centered ? -1 : 0;
            var (height, width) = (input.shape[2], input.shape[3]);
            var rows = linspace(begin, 1, height, dtype: input.dtype, device: input.device).view(1, 1, height, 1).expand(input.shape[0], 1, height, width);
            var columns = linspace(begin, 1, width, dtype: input.dtype, device: input.device).view(1, 1, 1, width).expand(input.shape[0], 1, height, width);
            var seen = cat([input, rows, columns], 1);
            var result = functional.conv2d(seen, this.weight, bias: null, strides: [this.stride, this.stride], padding: [1L, 1L]);
            return (result + this.shift.view(1, -1, 1, 1)).MoveToOuterDisposeScope();
        }
    }

    public sealed partial class Guided
    {
        public override partial Tensor forward(Tensor map, Tensor @params)
        {
            using var scope = NewDisposeScope();
            var gates = this.weight.sum(1).view(1, -1, 1, 1).sigmoid() * @params.mean([1], keepdim: true);
            return cat([map * gates, @params.slice(1, 0, this.paramsChannels, 1)], 1).MoveToOuterDisposeScope();
        }
    }

    public sealed partial class GeneralizedMean
    {
        public override partial Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return input.clamp_min(this.floor).pow(this.power).mean([2, 3]).pow(1 / this.power).MoveToOuterDisposeScope();
        }
    }
}

namespace Detection.Operators.Models.Pooling
{
    public sealed partial class StripPool
    {
        public override partial Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var height = ((input.shape[2] / 2 * 3) + 1) / 2;
            var channels = input.shape[1] / this.parts;
            var summed = input.view(input.shape[0], this.parts, channels, input.shape[2], input.shape[3]).sum(1);
            var resized = functional.interpolate(summed, [height, input.shape[3]], mode: InterpolationMode.Nearest);
            return (resized * this.gain.sum() * this.name_).MoveToOuterDisposeScope();
        }
    }
}
