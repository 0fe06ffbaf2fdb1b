# Writes backbones.npz: outputs of torchvision's networks with weights and images that follow from names alone, so that no weights need be stored.
# Run with torchvision 0.14 (Debian's python3-torchvision): python3 backbones.py backbones.npz. FormulaWeights.cs has the same formula.
import numpy as np, torch, torchvision, sys

def numbers(name, n):  # n numbers from -1 to 1 for a name: FNV-1a, then the finisher of MurmurHash3
    h = 0x811C9DC5
    for b in name.encode(): h = ((h ^ b) * 0x01000193) & 0xFFFFFFFF
    x = (np.arange(n, dtype=np.uint32) * np.uint32(0x9E3779B1)) ^ np.uint32(h)
    x ^= x >> np.uint32(16); x *= np.uint32(0x85EBCA6B); x ^= x >> np.uint32(13); x *= np.uint32(0xC2B2AE35); x ^= x >> np.uint32(16)
    return x / 2.0**31 - 1

def fill(model):
    for name, t in model.state_dict().items():
        if name.endswith('num_batches_tracked'): continue
        v = numbers(name, t.numel())
        if t.dim() > 1: v = v * np.sqrt(6 / t[0].numel())  # keeps the variance behind a ReLU
        elif name.endswith('running_var'): v = 1 + 0.5 * v
        elif name.endswith('weight'): v = 0.75 + 0.25 * v
        else: v = 0.1 * v
        t.copy_(torch.from_numpy(v.astype(np.float32)).reshape(t.shape))
    return model.eval()

def image(h, w): return torch.from_numpy((2 * numbers('input', 3 * h * w)).astype(np.float32)).reshape(1, 3, h, w)

networks, outputs = torchvision.models, {}
with torch.no_grad():
    outputs['resnet50'] = fill(networks.resnet50())(image(65, 97))[0]

    resnext = fill(networks.resnext101_32x8d())
    outputs['resnext101_32x8d'] = torch.nn.Sequential(*list(resnext.children())[:-2])(image(49, 71))[0]

    outputs['vgg16'] = fill(networks.vgg16()).features[:30](image(33, 50))[0]

    inception = fill(networks.inception_v3(init_weights=False, aux_logits=True))
    for name in ('Mixed_5d', 'Mixed_6e', 'Mixed_7c'):
        def keep(module, given, output, name=name): outputs['inception_v3.' + name] = output[0]
        getattr(inception, name).register_forward_hook(keep)
    inception(image(79, 97))

for name, values in outputs.items(): print(name, tuple(values.shape), float(values.abs().max()), float(values.std()))
np.savez_compressed(sys.argv[1], **{name: values.numpy() for name, values in outputs.items()})
