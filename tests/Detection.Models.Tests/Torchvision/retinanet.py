# Writes retinanet.npz: what torchvision's retinanet_resnet50_fpn makes of one image with weights that follow from names alone, every 97th default box of it,
# and what it finds in a picture when the bias of its scores is lowered so far that a few hundred boxes are above its threshold.
# Run beside backbones.py with torchvision 0.14 (Debian's python3-torchvision): python3 retinanet.py retinanet.npz
import numpy as np, torch, torchvision, sys
exec(open('backbones.py').read().split('networks, outputs')[0])  # its formula: numbers, fill, image

model, kept = fill(torchvision.models.detection.retinanet_resnet50_fpn(weights=None, weights_backbone=None, num_classes=91, min_size=768)), {}
model.head.register_forward_hook(lambda module, given, output: kept.update(output))
model.anchor_generator.register_forward_hook(lambda module, given, output: kept.update(anchors=output[0]))
every = slice(None, None, 97)
with torch.no_grad():
    pixels = image(256, 256)
    features = list(model.backbone(pixels).values())
    head = model.head(features)
    anchors = model.anchor_generator(torchvision.models.detection.image_list.ImageList(pixels, [(256, 256)]), features)[0]
out = {'logits': head['cls_logits'][0, every], 'deltas': head['bbox_regression'][0, every], 'anchors': anchors[every]}

picture = ((numbers('picture', 768 * 768 * 3) + 1) * 127.5).astype(np.uint8).reshape(768, 768, 3)  # [H, W, 3]
given = torch.from_numpy(picture).permute(2, 0, 1).float() / 255
with torch.no_grad():
    # Formula weights give wild logits and boxes; a hundredth of the last weights gives tame ones.
    for name in ('classification_head.cls_logits', 'regression_head.bbox_reg'):
        layer = model.head.get_submodule(name); layer.weight.mul_(0.01); layer.bias.zero_()
    model([given])
    logits = kept['cls_logits'].flatten()
    best = logits.sort(descending=True).values[:600]
    gaps = best[300:599] - best[301:600]
    at = int(gaps.argmax()) + 300  # a clear step, so that rounding moves nothing over the threshold
    shift = float(-np.log(0.95 / 0.05) - (best[at] + best[at + 1]) / 2)
    print('gap', float(gaps.max()), 'std', float(logits.std()), 'deltas', float(kept['bbox_regression'].abs().max()))
    model.head.classification_head.cls_logits.bias.fill_(shift)
    found = model([given])[0]
out |= {'shift': torch.tensor([shift]), 'boxes': found['boxes'], 'scores': found['scores'], 'labels': found['labels'].float()}
boxes = found['boxes']; print(len(boxes), torchvision.__version__)
for name, values in out.items(): print(name, tuple(values.shape), float(values.abs().max()), float(values.std()))
np.savez_compressed(sys.argv[1], **{name: values.numpy().astype(np.float32) for name, values in out.items()})
