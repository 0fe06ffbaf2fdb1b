"""torchvision's ssd300_vgg16, 91 classes: the peer of Ssd300.cs. Arguments: <threads> <folder> <height> <width> <batch>.

The folder holds picture.raw. Without weights.pth in it, draws weights whose last layers are set so that about 2,000 scores pass the threshold, as with a
trained detector, and writes them there; the other side reads them. Commands: "inference" (image to detections), "boxes" (how many it found), "training"
(forward, matching, mining, loss, backward, update of a batch in memory; no resizing or normalising), "memory".
"""
import os
import sys

import torch
import torchvision
from torchvision.models.detection.ssd import ssd300_vgg16
from torchvision.ops import boxes as box_ops

from sides import Sections, background_shift, picture, serve

threads, folder, height, width, batch = int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
torch.set_num_threads(threads)
torch.manual_seed(1)
image = picture(os.path.join(folder, "picture.raw"), height, width)
path = os.path.join(folder, "weights.pth")
model = ssd300_vgg16(weights=None, weights_backbone=None).eval()
if os.path.exists(path):
    model.load_state_dict(torch.load(path))
else:
    with torch.no_grad():
        images, _ = model.transform([image()])
        head = model.head.classification_head
        logits = head(list(model.backbone(images.tensors).values()))[0]
        shift = background_shift(logits, 0.01, 2000)
        for layer in head.module_list:
            layer.bias.view(-1, 91)[:, 0] += shift
    torch.save(model.state_dict(), path)


class Sizes:
    """What an anchor generator reads of torchvision's image list."""

    def __init__(self, tensors):
        self.tensors, self.image_sizes = tensors, [(300, 300)] * len(tensors)


optimizer = torch.optim.SGD(model.parameters(), 1e-5, momentum=0.9, weight_decay=5e-4)
generator = torch.Generator().manual_seed(2)
pixels = torch.rand(batch, 3, 300, 300, generator=generator) * 255 - 120
targets = []
for _ in range(batch):
    centre, size = torch.rand(8, 2, generator=generator) * 200 + 50, torch.rand(8, 2, generator=generator) * 80 + 20
    targets.append({"boxes": torch.cat([centre - size / 2, centre + size / 2], 1), "labels": torch.arange(1, 9)})


def inference():
    model.eval()
    with torch.no_grad():
        return model([image()])[0]


def training(sections=None):
    sections = sections or Sections()
    model.train()
    features = list(model.backbone(pixels).values())
    outputs = model.head(features)
    sections.end("forward")
    anchors = model.anchor_generator(Sizes(pixels), features)
    matched = [model.proposal_matcher(box_ops.box_iou(target["boxes"], boxes)) for target, boxes in zip(targets, anchors)]
    losses = model.compute_loss(targets, outputs, anchors, matched)
    sections.end("matching and loss")
    optimizer.zero_grad()
    sum(losses.values()).backward()
    sections.end("backward")
    optimizer.step()
    sections.end("update")


def profile():
    sections = Sections()
    model.eval()
    with torch.no_grad():
        images, _ = model.transform([image()])
        sections.end("image")
        model.head(list(model.backbone(images.tensors).values()))
        sections.end("network")
    inference()
    sections.end("all of it")
    second = Sections()
    training(second)
    return f"{sections}; {second}"


serve(
    {"inference": lambda: inference() and None, "training": training, "profile": profile, "boxes": lambda: len(inference()["boxes"])},
    f"torchvision {torchvision.__version__}, {sum(p.numel() for p in model.parameters()):,} parameters")
