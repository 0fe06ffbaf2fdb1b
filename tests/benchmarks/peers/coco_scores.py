# Peer of the benchmark "scores": pycocotools on the same files.
import contextlib
import io
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

print("ready pycocotools", flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(sys.argv[2])
        evaluation = COCOeval(truth, truth.loadRes(sys.argv[3]), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    seconds = time.perf_counter() - start
    print(seconds, flush=True)
    print(f"pycocotools: AP {evaluation.stats[0]!r}", file=sys.stderr)
