"""Trains a small SSD from torchvision's parts in slices of time. The peer of TrainingComparison.cs: <threads> <folder> <classes> <length> <seed>, the length
"120 seconds" or "900 iterations".

The folder holds train.f32 and val.f32, [N, 3, 224, 224] of preprocessed pixels, and train.txt: a line for each image with its boxes, "class x1 y1 x2 y2"
each, in fractions of the image. Each line read is a number of seconds to train for; answered by "<iterations> <seconds spent> <loss>".
At the line "detect" it writes detections.txt, a line "image class score x1 y1 x2 y2" for each detection, and answers "done".

Batches of 8, SGD 0.02 with momentum 0.9 and weight decay 5e-4, the rate warmed up over 2 % and dropped tenfold at 70 % of the time, mirrored images only.
Pixels are ready in memory; writing detections is not counted as time.
"""
import os
import random
import sys
import time

import torch

from ssd_parts import SIDE, Sizes, detector, step

threads, folder, classes, length, seed = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4].split(), int(sys.argv[5])
budget, timed = float(length[0]), length[1] == "seconds"
torch.set_num_threads(threads)
torch.manual_seed(seed)
random.seed(seed)
BATCH = 8


def pixels(name):
    path = os.path.join(folder, name)
    count = os.path.getsize(path) // 4
    return torch.from_file(path, size=count, dtype=torch.float32).reshape(-1, 3, SIDE, SIDE)


def annotations(name):
    found = []
    for line in open(os.path.join(folder, name)):
        values = torch.tensor([float(word) for word in line.split()]).reshape(-1, 5)
        found.append((values[:, 1:] * SIDE, values[:, 0].to(torch.int64) + 1))
    return found


images, objects = pixels("train.f32"), annotations("train.txt")
model = detector(classes).train()
optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9, weight_decay=5e-4)
spent, iterations, order, loss = 0.0, 0, [], 0.0


def next_batch():
    global order
    while len(order) < BATCH:
        order += random.sample(range(len(images)), len(images))
    chosen, order = order[:BATCH], order[BATCH:]
    batch, targets = torch.empty(BATCH, 3, SIDE, SIDE), []
    for place, index in enumerate(chosen):
        boxes, labels = objects[index]
        if random.random() < 0.5:
            batch[place] = images[index].flip(2)
            boxes = boxes.clone()
            boxes[:, [0, 2]] = SIDE - boxes[:, [2, 0]]
        else:
            batch[place] = images[index]
        targets.append({"boxes": boxes, "labels": labels})
    return batch, targets


def train(seconds):
    global spent, iterations, loss
    begin = time.perf_counter()
    before = spent
    while spent - before < seconds:
        share = (spent if timed else iterations) / budget
        if share >= 1:
            return
        for group in optimizer.param_groups:
            group["lr"] = 0.02 * min(1, share / 0.02 + 1e-3) * (0.1 if share >= 0.7 else 1)
        losses = step(model, optimizer, *next_batch())
        loss = sum(float(part) for part in losses.values())
        iterations += 1
        spent = before + time.perf_counter() - begin


@torch.no_grad()
def detect():
    model.eval()
    with open(os.path.join(folder, "detections.txt"), "w") as out:
        for number, image in enumerate(pixels("val.f32")):
            batch = image[None]
            features = list(model.backbone(batch).values())
            found = model.postprocess_detections(model.head(features), model.anchor_generator(Sizes(batch), features), [(SIDE, SIDE)])[0]
            for score, label, box in zip(found["scores"], found["labels"], found["boxes"]):
                print(number, int(label) - 1, float(score), *[float(v) / SIDE for v in box], file=out)
    model.train()


print("ready", torch.__version__, sum(p.numel() for p in model.parameters()), "parameters", flush=True)
for line in sys.stdin:
    if line.strip() == "detect":
        detect()
        print("done", flush=True)
    else:
        train(float(line))
        print(iterations, spent, loss, flush=True)
