"""Writes Assets/two-stage-losses.npz: losses of torchvision's RegionProposalNetwork and RoIHeads with their gradients.

Everything is sampled, so that nothing hangs on torchvision's random numbers. Outputs for regions are a function of the region, since
torchvision and the library order a sample differently: logits = tanh(region / 50 @ W).
"""
import sys

import numpy as np
import torch
from torchvision.models.detection.roi_heads import RoIHeads, fastrcnn_loss
from torchvision.models.detection.rpn import RegionProposalNetwork, concat_box_prediction_layers

torch.manual_seed(5)
arrays = {}


def keep(name, value):
    arrays[name] = np.ascontiguousarray(value.detach().numpy().astype(np.float32))


HEIGHT, WIDTH, CLASSES = 64, 80, 3
truth = [torch.tensor([[4.0, 6, 30, 40], [40, 10, 70, 50]]), torch.tensor([[10.0, 12, 26, 28]])]
labels = [torch.tensor([2, 1]), torch.tensor([3])]
targets = [{"boxes": b, "labels": c} for b, c in zip(truth, labels)]
for i in range(2):
    keep(f"truth.{i}", truth[i])
    keep(f"labels.{i}", labels[i].float())

# Anchors of two levels: strides 16 and 32, two anchors a cell.
levels = [(4, 5, 16, [(-16, -16, 16, 16), (-12, -24, 12, 24)]), (2, 3, 32, [(-28, -20, 28, 20), (-40, -40, 40, 40)])]
anchors, objectness, deltas = [], [], []
for rows, columns, stride, shapes in levels:
    y, x = torch.meshgrid(torch.arange(rows) * stride, torch.arange(columns) * stride, indexing="ij")
    shift = torch.stack([x, y, x, y], -1).reshape(-1, 1, 4)
    anchors.append((shift + torch.tensor(shapes)).reshape(-1, 4).float())
    objectness.append(torch.randn(2, len(shapes), rows, columns, requires_grad=True))
    deltas.append((torch.randn(2, 4 * len(shapes), rows, columns) * 0.3).requires_grad_())
anchors = [torch.cat(anchors)] * 2
rpn = RegionProposalNetwork(None, None, 0.7, 0.3, 256, 0.5, {}, {}, 0.7)
matched_labels, matched = rpn.assign_targets_to_anchors(anchors, targets)
regression = rpn.box_coder.encode(matched, anchors)
flat_objectness, flat_deltas = concat_box_prediction_layers(objectness, deltas)
objectness_loss, box_loss = rpn.compute_loss(flat_objectness, flat_deltas, matched_labels, regression)
(objectness_loss + 10 * box_loss).backward()
for i in range(2):
    keep(f"rpn.objectness.{i}", objectness[i])
    keep(f"rpn.deltas.{i}", deltas[i])
    keep(f"rpn.objectness_grad.{i}", objectness[i].grad)
    keep(f"rpn.deltas_grad.{i}", deltas[i].grad)
keep("rpn.losses", torch.stack([objectness_loss, box_loss]))
print("anchors", [(l == 1).sum().item() for l in matched_labels], [(l == 0).sum().item() for l in matched_labels])

# Regions around the objects and elsewhere.
proposals = []
for boxes in truth:
    near = (boxes.repeat(8, 1) + torch.randn(8 * len(boxes), 4) * 4).clamp(0, 64)
    low = torch.rand(20, 2) * 40
    proposals.append(torch.cat([near, torch.cat([low, low + 4 + torch.rand(20, 2) * 20], 1)]))
    keep(f"proposals.{len(proposals) - 1}", proposals[-1])
heads = RoIHeads(None, None, None, 0.5, 0.5, 512, 0.25, (10.0, 10.0, 5.0, 5.0), 0.05, 0.5, 100)
regions, _, region_labels, region_targets = heads.select_training_samples(proposals, targets)
rows = torch.cat(regions)
weights = {"classes": torch.randn(4, CLASSES + 1, requires_grad=True), "boxes": torch.randn(4, 4 * (CLASSES + 1), requires_grad=True)}
class_loss, box_loss = fastrcnn_loss(
    torch.tanh(rows / 50 @ weights["classes"]), torch.tanh(rows / 50 @ weights["boxes"]), region_labels, region_targets)
(class_loss + 2 * box_loss).backward()
for name, value in weights.items():
    keep(f"regions.{name}", value)
    keep(f"regions.{name}_grad", value.grad)
keep("regions.losses", torch.stack([class_loss, box_loss]))
print("regions", [len(r) for r in regions], [(l > 0).sum().item() for l in region_labels])
np.savez_compressed(sys.argv[1], **arrays)
