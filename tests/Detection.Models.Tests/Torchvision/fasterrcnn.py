# Writes fasterrcnn.npz: what torchvision's fasterrcnn_resnet50_fpn makes of a small image with weights that follow from names alone, every 23rd logit, delta and
# anchor of its proposals; with tame last layers the regions that it proposes there, and what it finds in a picture of 800 x 820 pixels.
# Run beside backbones.py with torchvision 0.14 (Debian's python3-torchvision): python3 fasterrcnn.py fasterrcnn.npz
import copy, numpy as np, torch, torchvision, sys
exec(open('backbones.py').read().split('networks, outputs')[0])  # its formula: numbers, fill, image

model = fill(torchvision.models.detection.fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None))
for module in model.modules():
    if isinstance(module, torch.nn.BatchNorm2d): module.eps = 0.0  # as torchvision's overwrite_eps does with the weights of COCO
every = slice(None, None, 23)
pixels = image(224, 320)  # 224 is no multiple of 64: P6 has 4 rows, 56 pixels apart
images = torchvision.models.detection.image_list.ImageList(pixels, [(220, 313)])  # the rest is padding

def regions_and_detections(model, features, images):
    regions = model.rpn(images, features)[0][0]
    scores = model.roi_heads.box_predictor(model.roi_heads.box_head(model.roi_heads.box_roi_pool(features, [regions], images.image_sizes)))[0]
    return regions, scores, model.roi_heads(features, [regions], images.image_sizes)[0][0]

def same_in_double_precision(features, images, regions, found):  # what hangs on rounding would differ
    exact, _, again = regions_and_detections(copy.deepcopy(model).double(), {name: values.double() for name, values in features.items()}, images)
    assert len(exact) == len(regions) and len(again['boxes']) == len(found['boxes']), (len(exact), len(again['boxes']))
    print('regions differ by', float((exact - regions).abs().max()), 'boxes by', float((again['boxes'] - found['boxes']).abs().max()), 'labels by', float((again['labels'] - found['labels']).abs().max()))

with torch.no_grad():
    features = model.backbone(pixels)
    maps = list(features.values())
    objectness, deltas = torchvision.models.detection.rpn.concat_box_prediction_layers(*model.rpn.head(maps))
    anchors = model.rpn.anchor_generator(images, maps)[0]
    out = {'logits': objectness[every, 0], 'deltas': deltas[every], 'anchors': anchors[every]}

    # Formula weights give wild boxes and scores; small shares of the last weights, and biases about which each class has its highs and lows, give tame ones.
    predictor = model.roi_heads.box_predictor
    for layer, share in ((model.rpn.head.cls_logits, 0.1), (model.rpn.head.bbox_pred, 0.01), (predictor.cls_score, 0.2), (predictor.bbox_pred, 0.01)):
        layer.weight.mul_(share); layer.bias.zero_()
    regions, _, found = regions_and_detections(model, features, images)
    same_in_double_precision(features, images, regions, found)

    picture = ((numbers('picture', 800 * 820 * 3) + 1) * 127.5).astype(np.uint8).reshape(800, 820, 3)  # [H, W, 3]
    given = torch.from_numpy(picture).permute(2, 0, 1).float() / 255
    images, _ = model.transform([given])
    features = model.backbone(images.tensors)
    scores = regions_and_detections(model, features, images)[1] - predictor.cls_score.bias
    predictor.cls_score.bias.copy_(-scores.mean(0))
    def gap(shift):  # between the scores beside the threshold
        logits = scores + predictor.cls_score.bias; logits[:, 0] += shift
        probability = torch.softmax(logits, -1)[:, 1:]
        count = int((probability > 0.05).sum())
        return float((probability - 0.05).abs().min()) if 40 < count < 160 else 0.0
    predictor.cls_score.bias[0] += max(np.arange(4, 30, 0.05), key=gap)
    found = model([given])[0]
    others = regions_and_detections(model, features, images)
    print(images.tensors.shape, 'found', len(found['boxes']), 'of', len(found['labels'].unique()), 'classes, nearest to .05', gap(0.0))
    same_in_double_precision(features, images, others[0], others[2])
out |= {'bias': predictor.cls_score.bias, 'regions': regions, 'boxes': found['boxes'], 'scores': found['scores'], 'labels': found['labels'].float()}
for name, values in out.items(): print(name, tuple(values.shape), float(values.abs().max()), float(values.std()))
np.savez_compressed(sys.argv[1], **{name: values.detach().numpy().astype(np.float32) for name, values in out.items()})
