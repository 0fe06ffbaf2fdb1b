"""Trains a small Faster R-CNN from torchvision's parts in slices of time, for TrainingComparison.cs; see training_slices.py.

The network of our small Faster R-CNN: MobileNet v1 of width 0.5 down to stride 16, its map added to that of stride 8, twelve anchors a cell, RoIAlign of 5x5
cells, one fully connected layer of 128. Losses, sampling and post-processing are torchvision's. Batches of 4, SGD 0.02 with momentum 0.9 and weight decay 5e-4, the
rate warmed up over 3 % and dropped tenfold at 75 % of the time.
"""
from collections import OrderedDict

import torch
from torch import nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor
from torchvision.ops import MultiScaleRoIAlign

from ssd_parts import Backbone
from training_slices import Slices

HEIGHT, WIDTH = 256, 320


class Map(nn.Module):
    out_channels = 96

    def __init__(self):
        super().__init__()
        self.stages = Backbone().stages[:2]
        self.fine = nn.Sequential(nn.Conv2d(128, 96, 1, bias=False), nn.BatchNorm2d(96))
        self.coarse = nn.Sequential(nn.Conv2d(256, 96, 1, bias=False), nn.BatchNorm2d(96))

    def forward(self, x):
        fine = self.stages[0](x)
        coarse = self.coarse(self.stages[1](fine))
        return OrderedDict([("0", torch.relu(self.fine(fine) + nn.functional.interpolate(coarse, scale_factor=2.0)))])


slices = Slices(HEIGHT, WIDTH, batch=4)
model = FasterRCNN(
    Map(), min_size=HEIGHT, max_size=WIDTH, image_mean=[0, 0, 0], image_std=[1, 1, 1],
    rpn_anchor_generator=AnchorGenerator(((16, 32, 64, 128),), ((0.5, 1.0, 2.0),)),
    rpn_pre_nms_top_n_train=1000, rpn_post_nms_top_n_train=300, rpn_pre_nms_top_n_test=1000, rpn_post_nms_top_n_test=100, rpn_batch_size_per_image=128,
    box_roi_pool=MultiScaleRoIAlign(["0"], 5, 2), box_head=nn.Sequential(nn.Flatten(), nn.Linear(96 * 25, 128), nn.ReLU()),
    box_predictor=FastRCNNPredictor(128, slices.classes + 1), box_batch_size_per_image=64, box_positive_fraction=0.4,
    box_score_thresh=0.05, box_nms_thresh=0.45, box_detections_per_img=100).train()
optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9, weight_decay=5e-4)


def step(images, targets):
    losses = model(list(images), targets)
    optimizer.zero_grad()
    sum(losses.values()).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 10)
    optimizer.step()
    return losses


slices.serve(
    model, optimizer, lambda share: 0.02 * min(1, share / 0.03 + 1e-3) * (0.1 if share >= 0.75 else 1), step, lambda batch: model(list(batch))[0])
