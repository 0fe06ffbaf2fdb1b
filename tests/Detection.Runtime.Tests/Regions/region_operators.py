"""Writes ../Assets/region-operators.npz: torchvision 0.14's region operators on small random maps. Needs torch, torchvision and numpy.

Every case has NAME.result and NAME.gradient: the operator's result and the gradient of the map for the upstream gradient `upstream` cut to shape.
"""
import numpy as np
import torch
import torchvision
from torchvision import ops

torch.manual_seed(5)
scale = 1 / 8
maps = {"plain": torch.randn(2, 6, 11, 13), "sensitive": torch.randn(2, 18, 11, 13)}
count = 40
corner = torch.rand(count, 2) * torch.tensor([130.0, 110.0]) - 15
size = torch.rand(count, 2) * torch.tensor([80.0, 70.0])
boxes = torch.cat([corner, corner + size], 1)
boxes[3, 2:] = boxes[3, :2]                              # no area
boxes[7] = boxes[7, [2, 3, 0, 1]]                        # inverted
boxes[11] = torch.tensor([500.0, 500.0, 600.0, 580.0])   # outside
boxes[12] = torch.tensor([-300.0, -200.0, 400.0, 300.0]) # around the map
boxes[13] = torch.tensor([12.0, 20.0, 44.0, 52.0])       # halves of cells
boxes[14] = torch.tensor([0.0, 0.0, 103.0, 87.0])        # the map
regions = torch.cat([torch.randint(0, 2, (count, 1)).float(), boxes], 1)
upstream = torch.randn(count, 6, 7, 7)
arrays = {"plain": maps["plain"], "sensitive": maps["sensitive"], "regions": regions, "upstream": upstream}


def case(name, which, operator, keep=None):
    x = maps[which].clone().requires_grad_()
    chosen = regions if keep is None else regions[keep]
    y = operator(x, chosen)
    y.backward(upstream[: y.shape[0], : y.shape[1], : y.shape[2], : y.shape[3]])
    arrays[name + ".result"], arrays[name + ".gradient"] = y.detach(), x.grad


case("roi_pool", "plain", lambda x, r: ops.roi_pool(x, r, (7, 7), scale))
case("roi_pool_3x5", "plain", lambda x, r: ops.roi_pool(x, r, (3, 5), scale))
for sampling in (1, 2, 0):
    for aligned in (False, True):
        case(f"roi_align_{sampling}_{'aligned' if aligned else 'legacy'}", "plain", lambda x, r: ops.roi_align(x, r, (5, 4), scale, sampling or -1, aligned))
case("ps_roi_pool", "sensitive", lambda x, r: ops.ps_roi_pool(x, r, (3, 3), scale))
# torchvision's backward clips windows elsewhere than its forward, so that it is not the forward's gradient at the map's border. The true gradient of
# this linear operator comes from its forward, one cell of the map after the other.
wrong, gradient = arrays["ps_roi_pool.gradient"], torch.zeros_like(maps["sensitive"])
for cell in range(gradient.numel()):
    unit = torch.zeros_like(gradient)
    unit.view(-1)[cell] = 1
    gradient.view(-1)[cell] = (ops.ps_roi_pool(unit, regions, (3, 3), scale) * upstream[:, :2, :3, :3]).sum()
arrays["ps_roi_pool.gradient"] = gradient
difference = (wrong - gradient).abs()
print("ps_roi_pool: torchvision's own gradient differs by", difference.max().item(), "in rows", difference.amax((0, 1, 3)).nonzero().flatten().tolist())
# Without samples torchvision divides zero by zero: boxes 3 and 7 are left out of the adaptive case.
has_area = torch.tensor([i not in (3, 7) for i in range(count)])
case("ps_roi_align_2", "sensitive", lambda x, r: ops.ps_roi_align(x, r, (3, 3), scale, 2))
case("ps_roi_align_0", "sensitive", lambda x, r: ops.ps_roi_align(x, r, (3, 3), scale, -1), has_area)
arrays["has_area"] = has_area.float()

# Non-maximum suppression: coordinates on quarters of a pixel and few scores, so that overlaps at the threshold and ties are frequent.
corner = torch.randint(0, 160, (400, 2)) / 4
nms_boxes = torch.cat([corner, corner + torch.randint(1, 80, (400, 2)) / 4], 1)
scores = torch.randperm(400).float() / 400
arrays["nms.boxes"], arrays["nms.scores"], arrays["nms.classes"] = nms_boxes, scores, torch.randint(0, 3, (400,)).float()
for tenths in (1, 3, 5, 7, 9):
    arrays[f"nms.{tenths}"] = ops.nms(nms_boxes, scores, tenths / 10).float()
    arrays[f"nms.{tenths}.classes"] = ops.batched_nms(nms_boxes, scores, arrays["nms.classes"], tenths / 10).float()

# Regions over a pyramid: maps of strides 4, 8 and 16 of images of 128 x 160.
pyramid = {str(k): torch.randn(2, 3, 32 >> k, 40 >> k).requires_grad_() for k in range(3)}
corner = torch.rand(60, 2) * torch.tensor([120.0, 90.0])
size = torch.exp(torch.rand(60, 2) * 4.5 + 0.5) * torch.tensor([2.0, 2.0])
boxes = torch.cat([corner, corner + size], 1)
pooler = ops.MultiScaleRoIAlign(["0", "1", "2"], 3, 2, canonical_scale=56)
pooled = pooler(pyramid, [boxes[:25], boxes[25:]], [(128, 160), (128, 160)])
(pooled * upstream[0, 0, 0, 0]).sum().backward()
arrays["pyramid.regions"] = torch.cat([(torch.arange(60) >= 25).float().unsqueeze(1), boxes], 1)
arrays["pyramid.levels"] = pooler.map_levels([boxes[:25], boxes[25:]]).float()
arrays["pyramid.result"], arrays["pyramid.factor"] = pooled.detach(), upstream[0, 0, 0, :1]
for k in range(3):
    arrays[f"pyramid.{k}"], arrays[f"pyramid.{k}.gradient"] = pyramid[str(k)].detach(), pyramid[str(k)].grad

# Proposals: torchvision's filter over three levels and two images.
counts = [120, 60, 20]
total = sum(counts)
corner = torch.rand(total, 2) * torch.tensor([150.0, 120.0]) - 10
anchors = torch.cat([corner, corner + torch.rand(total, 2) * 60 + 4], 1)
deltas, objectness = torch.randn(2, total, 4) * 0.4, torch.randn(2, total)
network = torchvision.models.detection.rpn.RegionProposalNetwork(
    None, None, 0.7, 0.3, 256, 0.5, dict(training=40, testing=40), dict(training=30, testing=30), 0.6)
network.min_size = 8.0
decoded = network.box_coder.decode(deltas.view(-1, 4), [torch.cat([anchors, anchors])]).view(2, total, 4)
selected, probabilities = network.filter_proposals(decoded, objectness, [(120, 160), (100, 130)], counts)
arrays.update({"rpn.anchors": anchors, "rpn.deltas": deltas, "rpn.objectness": objectness})
for image in range(2):
    arrays[f"rpn.boxes.{image}"], arrays[f"rpn.scores.{image}"] = selected[image], probabilities[image]

np.savez_compressed("../Assets/region-operators.npz", **{k: np.ascontiguousarray(v.numpy().astype("<f4")) for k, v in arrays.items()})
print([len(s) for s in selected], "proposals,", torch.bincount(arrays["pyramid.levels"].long()).tolist(), "regions of each level")
print(torchvision.__version__, len(arrays), "arrays")
