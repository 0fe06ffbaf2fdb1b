"""What the peers of TrainingComparison.cs share: images and boxes from a folder, training in slices of time, and answers line by line.

Arguments: <threads> <folder> <classes> <length> <seed>, the length "120 seconds" or "900 iterations". The folder holds train.f32 and val.f32,
[N, 3, height, width] of preprocessed pixels, and train.txt: a line for each image with its boxes, "class x1 y1 x2 y2" each, in fractions of the image.
Each line read is a number of seconds to train for; answered by "<iterations> <seconds spent> <loss>". At the line "detect" the peer writes detections.txt, a
line "image class score x1 y1 x2 y2" for each detection, and answers "done".

Pixels are ready in memory; writing detections is not counted as time. Images are mirrored half of the time, and nothing else is done to them.
"""
import os
import random
import sys
import time

import torch


class Slices:
    def __init__(self, height, width, batch):
        threads, self.folder, self.classes, length, seed = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4].split(), int(sys.argv[5])
        self.budget, self.timed = float(length[0]), length[1] == "seconds"
        torch.set_num_threads(threads)
        torch.manual_seed(seed)
        random.seed(seed)
        self.height, self.width, self.batch = height, width, batch
        self.images, self.objects = self.pixels("train.f32"), self.annotations("train.txt")
        self.spent, self.iterations, self.order, self.loss = 0.0, 0, [], 0.0

    def pixels(self, name):
        path = os.path.join(self.folder, name)
        count = os.path.getsize(path) // 4
        return torch.from_file(path, size=count, dtype=torch.float32).reshape(-1, 3, self.height, self.width)

    def annotations(self, name):
        sides = torch.tensor([self.width, self.height, self.width, self.height])
        found = []
        for line in open(os.path.join(self.folder, name)):
            values = torch.tensor([float(word) for word in line.split()]).reshape(-1, 5)
            found.append((values[:, 1:] * sides, values[:, 0].to(torch.int64) + 1))
        return found

    def next_batch(self):
        while len(self.order) < self.batch:
            self.order += random.sample(range(len(self.images)), len(self.images))
        chosen, self.order = self.order[:self.batch], self.order[self.batch:]
        batch, targets = torch.empty(self.batch, 3, self.height, self.width), []
        for place, index in enumerate(chosen):
            boxes, labels = self.objects[index]
            if random.random() < 0.5:
                batch[place] = self.images[index].flip(2)
                boxes = boxes.clone()
                boxes[:, [0, 2]] = self.width - boxes[:, [2, 0]]
            else:
                batch[place] = self.images[index]
            targets.append({"boxes": boxes, "labels": labels})
        return batch, targets

    def train(self, seconds, optimizer, rate, step):
        """Steps for so many seconds, or until the training is over. rate: learning rate at a share of the training; step: from a batch to its losses."""
        begin = time.perf_counter()
        before = self.spent
        while self.spent - before < seconds:
            share = (self.spent if self.timed else self.iterations) / self.budget
            if share >= 1:
                return
            for group in optimizer.param_groups:
                group["lr"] = rate(share)
            losses = step(*self.next_batch())
            self.loss = sum(float(part) for part in losses.values())
            self.iterations += 1
            self.spent = before + time.perf_counter() - begin

    def write(self, detect):
        """detect: from a batch of one image to its detections, as torchvision gives them, boxes in pixels of the image."""
        with open(os.path.join(self.folder, "detections.txt"), "w") as out, torch.no_grad():
            for number, image in enumerate(self.pixels("val.f32")):
                found = detect(image[None])
                for score, label, (x1, y1, x2, y2) in zip(found["scores"], found["labels"], found["boxes"].tolist()):
                    print(number, int(label) - 1, float(score), x1 / self.width, y1 / self.height, x2 / self.width, y2 / self.height, file=out)

    def serve(self, model, optimizer, rate, step, detect):
        print("ready", torch.__version__, sum(p.numel() for p in model.parameters()), "parameters", flush=True)
        for line in sys.stdin:
            if line.strip() == "detect":
                model.eval()
                self.write(detect)
                model.train()
                print("done", flush=True)
            else:
                self.train(float(line), optimizer, rate, step)
                print(self.iterations, self.spent, self.loss, flush=True)
