"""torchvision's fasterrcnn_resnet50_fpn, 91 classes: the peer of FasterRcnnFpn.cs. Arguments: <threads> <folder> <height> <width> <rows> <columns>.

The folder holds picture.raw of height x width. Without weights.pth in it, draws weights, measures the statistics of the normalisations on the picture and
sets the last layers so that proposals and detections are about as many as a trained detector has, and writes them there; the other side reads them. Normalisations are
plain BatchNorm2d with fixed statistics, which is faster than torchvision's FrozenBatchNorm2d. Commands: "inference" (image to detections), "proposals" and
"boxes" (how many it has), "training" (one image of rows x columns in memory: forward, sampling, losses, backward, update; the first stage
and all normalisations are frozen, as torchvision trains from ImageNet's weights), "memory".
"""
import os
import sys

import torch
import torchvision
from torchvision.models.detection import fasterrcnn_resnet50_fpn
from torchvision.models.detection.image_list import ImageList

from sides import Sections, background_shift, picture, serve

threads, folder, height, width, rows, columns = int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:7])
torch.set_num_threads(threads)
torch.manual_seed(1)
image = picture(os.path.join(folder, "picture.raw"), height, width)
path = os.path.join(folder, "weights.pth")
model = fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None).eval()
norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]


@torch.no_grad()
def regions_of(images, features):
    regions = model.rpn(images, features)[0]
    return regions, model.roi_heads.box_head(model.roi_heads.box_roi_pool(features, regions, images.image_sizes))


def spread(layer, inputs, deviation):
    """Scales a last layer so that its outputs have this deviation."""
    outputs = torch.cat([layer(x).flatten() for x in inputs])
    layer.weight.mul_(deviation / outputs.std())
    layer.bias.zero_()


@torch.no_grad()
def draw():
    images, _ = model.transform([image()])
    for norm in norms:
        norm.train()
        norm.momentum = 1.0
    model.backbone(images.tensors)
    for norm in norms:
        norm.eval()
        norm.momentum = 0.1
    features = model.backbone(images.tensors)
    seen = [model.rpn.head.conv(map) for map in features.values()]
    spread(model.rpn.head.cls_logits, seen, 2.0)
    spread(model.rpn.head.bbox_pred, seen, 0.2)
    regions, vectors = regions_of(images, features)
    predictor = model.roi_heads.box_predictor
    spread(predictor.cls_score, [vectors], 3.0)
    spread(predictor.bbox_pred, [vectors], 0.5)
    predictor.cls_score.bias[0] += background_shift(predictor.cls_score(vectors), 0.05, 500)


for norm in norms:
    norm.eps = 0.0  # as torchvision's overwrite_eps does with the weights of COCO
if os.path.exists(path):
    model.load_state_dict(torch.load(path))
else:
    draw()
    torch.save(model.state_dict(), path)
for norm in norms:
    norm.requires_grad_(False)
for part in (model.backbone.body.conv1, model.backbone.body.layer1):
    part.requires_grad_(False)
optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], 1e-5, momentum=0.9, weight_decay=1e-4)
generator = torch.Generator().manual_seed(2)
pixels = torch.randn(1, 3, rows, columns, generator=generator)
centre = torch.rand(8, 2, generator=generator) * torch.tensor([columns - 400.0, rows - 400.0]) + 200
size = torch.rand(8, 2, generator=generator) * 320 + 40
targets = [{"boxes": torch.cat([centre - size / 2, centre + size / 2], 1), "labels": torch.arange(1, 9)}]


def inference():
    model.eval()
    with torch.no_grad():
        return model([image()])[0]


def proposals():
    model.eval()
    with torch.no_grad():
        images, _ = model.transform([image()])
        return len(model.rpn(images, model.backbone(images.tensors))[0][0])


def training(sections=None):
    sections = sections or Sections()
    model.train()
    for norm in norms:
        norm.eval()
    images = ImageList(pixels, [(rows, columns)])
    features = model.backbone(pixels)
    sections.end("network")
    regions, first = model.rpn(images, features, targets)
    sections.end("proposals and their heads")
    _, second = model.roi_heads(features, regions, images.image_sizes, targets)
    sections.end("regions")
    optimizer.zero_grad()
    sum((first | second).values()).backward()
    sections.end("backward")
    optimizer.step()
    sections.end("update")


def profile():
    sections = Sections()
    model.eval()
    with torch.no_grad():
        images, _ = model.transform([image()])
        sections.end("image")
        features = model.backbone(images.tensors)
        sections.end("network")
        regions = model.rpn(images, features)[0]
        sections.end("proposals and their heads")
        model.roi_heads(features, regions, images.image_sizes)
        sections.end("regions and detections")
    inference()
    sections.end("all of it")
    second = Sections()
    training(second)
    return f"{sections}; {second}"


serve(
    {"inference": lambda: inference() and None, "training": training, "profile": profile, "boxes": lambda: len(inference()["boxes"]), "proposals": proposals},
    f"torchvision {torchvision.__version__}, {sum(p.numel() for p in model.parameters()):,} parameters")
