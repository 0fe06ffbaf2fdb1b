"""Trains a small SSD from torchvision's parts in slices of time, for TrainingComparison.cs; see training_slices.py.

Batches of 8, SGD 0.02 with momentum 0.9 and weight decay 5e-4, the rate warmed up over 2 % and dropped tenfold at 70 % of the time.
"""
import torch

from ssd_parts import SIDE, Sizes, detector, step
from training_slices import Slices

slices = Slices(SIDE, SIDE, batch=8)
model = detector(slices.classes).train()
optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9, weight_decay=5e-4)


def detect(batch):
    features = list(model.backbone(batch).values())
    return model.postprocess_detections(model.head(features), model.anchor_generator(Sizes(batch), features), [(SIDE, SIDE)])[0]


slices.serve(
    model, optimizer, lambda share: 0.02 * min(1, share / 0.02 + 1e-3) * (0.1 if share >= 0.7 else 1),
    lambda images, targets: step(model, optimizer, images, targets), detect)
