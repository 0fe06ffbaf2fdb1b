"""A small SSD from torchvision's parts: what ssd_step.py times and ssd_train.py trains.

MobileNet v1 of width 0.5 and one extra level, 224 pixels, strides 8 to 64, four default boxes in a cell: the network of mobilenet-v1-ssd.
"""
from collections import OrderedDict

from torch import nn
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.ssd import SSD, SSDHead
from torchvision.ops import boxes as box_ops

SIDE = 224


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


def detector(classes):
    """The detector for so many foreground classes. Scales are shares of the image's side, not percentages."""
    anchors = DefaultBoxGenerator([[2]] * 4, min_ratio=0.1, max_ratio=0.8)
    return SSD(
        Backbone(), anchors, (SIDE, SIDE), classes + 1, head=SSDHead([128, 256, 512, 256], [4] * 4, classes + 1),
        score_thresh=0.01, nms_thresh=0.45, detections_per_img=200, topk_candidates=400)


class Sizes:
    """What an anchor generator reads of torchvision's image list."""

    def __init__(self, images):
        self.tensors = images
        self.image_sizes = [(SIDE, SIDE)] * len(images)


def step(model, optimizer, images, targets):
    """One step of training: forward, matching, mining and loss as in torchvision's SSD, a clipped gradient, the update. Gives the losses."""
    features = list(model.backbone(images).values())
    outputs = model.head(features)
    boxes = model.anchor_generator(Sizes(images), features)
    matched = [
        model.proposal_matcher(box_ops.box_iou(target["boxes"], anchors)) if len(target["boxes"]) else target["labels"].new_full((len(anchors),), -1)
        for target, anchors in zip(targets, boxes)
    ]
    losses = model.compute_loss(targets, outputs, boxes, matched)
    optimizer.zero_grad()
    sum(losses.values()).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 10)
    optimizer.step()
    return losses
