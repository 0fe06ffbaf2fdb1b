"""Region operators of torchvision: for each line read (a case's name) prints the seconds of one run. The peer of RegionOperators.cs."""
import sys
import time

import torch
import torchvision
from torchvision import ops

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)


def boxes(count, smallest, largest, width=1000, height=600):
    size = torch.rand(count, 2) * (largest - smallest) + smallest
    corner = torch.rand(count, 2) * (torch.tensor([width, height]) - size).clamp(min=1)
    return torch.cat([corner, corner + size], 1)


regions = torch.cat([torch.zeros(300, 1), boxes(300, 50, 400)], 1)
maps = {channels: torch.rand(1, channels, 38, 63) for channels in (512, 490, 1029)}
clustered = {}
for count in (1000, 6000, 12000):
    # Proposals come in heaps around objects.
    centres = boxes(40, 60, 300)
    chosen = centres[torch.randint(0, 40, (count,))]
    clustered[count] = (chosen + torch.randn(count, 4) * 25, torch.rand(count))
scale = 1 / 16
operators = {
    "max": (512, lambda x: ops.roi_pool(x, regions, (7, 7), scale)),
    "align": (512, lambda x: ops.roi_align(x, regions, (7, 7), scale, 2)),
    "psroi": (1029, lambda x: ops.ps_roi_pool(x, regions, (7, 7), scale)),
    "psalign": (490, lambda x: ops.ps_roi_align(x, regions, (7, 7), scale, 2)),
}


def run(name):
    kind, _, argument = name.partition(" ")
    if kind == "nms":
        ops.nms(*clustered[int(argument)], 0.7)
        return
    channels, operator = operators[kind]
    if argument == "backward":
        x = maps[channels].detach().requires_grad_()
        y = operator(x)
        y.backward(torch.ones_like(y))
    else:
        with torch.no_grad():
            operator(maps[channels])


print("ready", torch.__version__, "torchvision", torchvision.__version__, flush=True)
for line in sys.stdin:
    name = line.strip()
    begin = time.perf_counter()
    run(name)
    print(time.perf_counter() - begin, flush=True)
