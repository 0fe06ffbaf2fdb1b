"""Training steps of a small SSD built from torchvision's parts: prints the seconds of one for each line read. The peer of TrainingStep.cs.

The network is that of blood-cells-ssd (ssd_parts.py), three classes. Matching, mining and loss are torchvision's SSD.compute_loss; the update is
SGD with momentum and a clipped gradient.
"""
import sys
import time

import torch

from ssd_parts import detector, step

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)

model = detector(3).train()
optimizer = torch.optim.SGD(model.parameters(), 0.02, momentum=0.9, weight_decay=5e-4)
images = torch.rand(8, 3, 224, 224)
generator = torch.Generator().manual_seed(2)
targets = []
for _ in range(8):
    centre, size = torch.rand(12, 2, generator=generator) * 160 + 32, torch.rand(12, 2, generator=generator) * 30 + 15
    targets.append({"boxes": torch.cat([centre - size / 2, centre + size / 2], 1), "labels": torch.randint(1, 4, (12,), generator=generator)})

for _ in range(3):
    step(model, optimizer, images, targets)
print("ready", torch.__version__, sum(p.numel() for p in model.parameters()), "parameters", flush=True)
for _ in sys.stdin:
    begin = time.perf_counter()
    step(model, optimizer, images, targets)
    print(time.perf_counter() - begin, flush=True)
