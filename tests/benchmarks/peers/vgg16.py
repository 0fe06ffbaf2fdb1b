"""VGG-16 forward passes in PyTorch, one for each line read: prints the seconds it took. The peer of VggForward.cs."""
import sys
import time

import torch
from torch import nn

torch.set_num_threads(int(sys.argv[1]))


def convolutions():
    layers, channels = [], 3
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
        layers.append(nn.MaxPool2d(2, 2, ceil_mode=True))
    return layers


model = nn.Sequential(
    *convolutions(), nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(inplace=True), nn.Dropout(),
    nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(4096, 1000)).eval()
image = torch.rand(1, 3, 224, 224)
with torch.no_grad():
    model(image)
    print("ready", torch.__version__, flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        model(image)
        print(time.perf_counter() - begin, flush=True)
