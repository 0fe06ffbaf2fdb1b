"""What the peers of whole detectors share: the picture, weights that give a given number of boxes, the peak of the resident set, and the loop of commands."""
import sys
import time

import torch


def picture(path, height, width):
    """An image as torchvision's detectors take it, from raw bytes [H, W, 3]: the conversion is part of what is timed."""
    with open(path, "rb") as file:
        pixels = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).reshape(height, width, 3)
    return lambda: pixels.permute(2, 0, 1).float().div(255)


def background_shift(logits, threshold, wanted):
    """What to add to the logit of the background (the first) so that about so many scores of the others pass the threshold."""
    low, high = -50.0, 50.0
    for _ in range(40):
        middle = (low + high) / 2
        shifted = logits.clone()
        shifted[:, 0] += middle
        if int((torch.softmax(shifted, -1)[:, 1:] > threshold).sum()) > wanted:
            low = middle
        else:
            high = middle
    return high


def peak():
    """The peak of the resident set so far, in MB."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))


class Sections:
    """The milliseconds of the parts of a piece of work, one after the other."""

    def __init__(self):
        self.texts, self.begin = [], time.perf_counter()

    def end(self, part):
        now = time.perf_counter()
        self.texts.append(f"{part} {1000 * (now - self.begin):.0f}")
        self.begin = time.perf_counter()

    def __str__(self):
        return ", ".join(self.texts)


def serve(commands, about):
    """Answers each line with the seconds that its command took, or with what the command gives; "memory" with the peak of the resident set."""
    print("ready", torch.__version__, about, flush=True)
    for line in sys.stdin:
        name = line.strip()
        if name == "memory":
            print(peak(), flush=True)
            continue
        begin = time.perf_counter()
        answer = commands[name]()
        seconds = time.perf_counter() - begin
        print(seconds if answer is None else answer, flush=True)
