# Writes ssd300.npz: what torchvision's ssd300_vgg16 makes of one image with weights that follow from names alone, every 97th default box of it.
# Run beside backbones.py with torchvision 0.14 (Debian's python3-torchvision): python3 ssd300.py ssd300.npz
import numpy as np, torch, torchvision, sys
exec(open('backbones.py').read().split('networks, outputs')[0])  # its formula: numbers, fill, image

model, kept = torchvision.models.detection.ssd300_vgg16(weights=None, weights_backbone=None, num_classes=91), {}
model.head.register_forward_hook(lambda module, given, output: kept.update(output))
model.anchor_generator.register_forward_hook(lambda module, given, output: kept.update(anchors=output[0]))
with torch.no_grad(): fill(model)([torch.from_numpy(np.zeros((3, 300, 300), np.float32))])  # default boxes
with torch.no_grad(): logits = model.head(list(model.backbone(image(300, 300)).values()))
every = slice(None, None, 97)
out = {'logits': logits['cls_logits'][0, every], 'deltas': logits['bbox_regression'][0, every], 'anchors': kept['anchors'][every] / 300}
for name, values in out.items(): print(name, tuple(values.shape), float(values.abs().max()), float(values.std()))
np.savez_compressed(sys.argv[1], **{name: values.numpy() for name, values in out.items()})
