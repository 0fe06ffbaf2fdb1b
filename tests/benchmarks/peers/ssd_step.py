"""Training steps of a small SSD built from torchvision's parts: prints the seconds of one for each line read. The peer of TrainingStep.cs.

The network is that of blood-cells-ssd: MobileNet v1 of width 0.5 and one extra level, 224 pixels, four default boxes in a cell, three classes.
Matching, mining and loss are torchvision's SSD.compute_loss; the update is SGD with momentum and a clipped gradient.
"""
import sys
import time
from collections import OrderedDict

import torch
from torch import nn
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.ssd import SSD, SSDHead
from torchvision.ops import boxes as box_ops

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)


def unit(channels, out, kernel, stride, groups=1):
    return [nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(out), nn.ReLU6(inplace=True)]


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        plan = [(32, 1), (64, 2), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (256, 1), (256, 1), (256, 1), (256, 1), (512, 2), (512, 1)]
        layers, channels = unit(3, 16, 3, 2), 16
        stages = []
        for index, (out, stride) in enumerate(plan, start=1):
            layers += unit(channels, channels, 3, stride, groups=channels) + unit(channels, out, 1, 1)
            channels = out
            if index in (5, 11, 13):
                stages.append(nn.Sequential(*layers))
                layers = []
        stages.append(nn.Sequential(*unit(512, 128, 1, 1), *unit(128, 256, 3, 2)))
        self.stages = nn.ModuleList(stages)

    def forward(self, x):
        maps = OrderedDict()
        for index, stage in enumerate(self.stages):
            x = stage(x)
            maps[str(index)] = x
        return maps


anchors = DefaultBoxGenerator([[2]] * 4, min_ratio=10, max_ratio=80)
model = SSD(Backbone(), anchors, (224, 224), 4, head=SSDHead([128, 256, 512, 256], [4] * 4, 4)).train()
optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9, weight_decay=5e-4)
images = torch.rand(8, 3, 224, 224)
generator = torch.Generator().manual_seed(2)
targets = []
for _ in range(8):
    centre, size = torch.rand(12, 2, generator=generator) * 160 + 32, torch.rand(12, 2, generator=generator) * 30 + 15
    targets.append({"boxes": torch.cat([centre - size, centre + size], 1), "labels": torch.randint(1, 4, (12,), generator=generator)})


class Sizes:
    """What an anchor generator reads of torchvision's image list."""
    tensors = images
    image_sizes = [(224, 224)] * 8


def step():
    features = list(model.backbone(images).values())
    outputs = model.head(features)
    boxes = model.anchor_generator(Sizes, features)
    matched = [model.proposal_matcher(box_ops.box_iou(t["boxes"], b)) for t, b in zip(targets, boxes)]
    losses = model.compute_loss(targets, outputs, boxes, matched)
    optimizer.zero_grad()
    sum(losses.values()).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 10)
    optimizer.step()


for _ in range(3):
    step()
print("ready", torch.__version__, sum(p.numel() for p in model.parameters()), "parameters", flush=True)
for _ in sys.stdin:
    begin = time.perf_counter()
    step()
    print(time.perf_counter() - begin, flush=True)
