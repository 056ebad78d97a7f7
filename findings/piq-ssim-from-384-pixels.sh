#!/usr/bin/env bash
# piq's SSIM of the same noise is 0.09 for 383 x 383 pixels and 0.31 for 384 x 384, and
# its advice how to match scikit-image is the wrong way round.
#
# Expected: The structural similarity of a picture and its noisy copy hardly depends on
#   the size of the picture. "To match performance with skimage and tensorflow set
#   'downsample' = True", which is the default.
# Happens: By default both pictures are averaged over blocks of f x f pixels first,
#   where f is the shorter side divided by 256 and rounded: 1 up to 383 pixels, 2 from
#   384 on, 4 for 1024. Independent noise is averaged out in part. scikit-image does
#   nothing of the kind; what matches it, to 0.001, is downsample=False.
# Versions: piq 0.8.0, scikit-image 0.26.0, torch 2.14.1, torchvision 0.29.1 (CPU),
#   numpy 2.4.6, Python 3.11.
# Matters: SSIM of denoisers and generators are compared across papers and resolutions.
#   The default cannot be compared with scikit-image's for larger pictures, and as a
#   loss it sees less of the finest noise.
# Documented: "Perform average pool before SSIM computation. Default: True" in the list
#   of parameters, without f. It follows one of the two programs of SSIM's authors, see
#   https://github.com/scikit-image/scikit-image/issues/5192.
# Seen:
#   piq 0.8.0 scikit-image 0.26.0
#    256 pixels: default 0.098, downsample=False 0.098, scikit-image 0.098
#    383 pixels: default 0.094, downsample=False 0.094, scikit-image 0.094
#    384 pixels: default 0.314, downsample=False 0.094, scikit-image 0.094
#    512 pixels: default 0.301, downsample=False 0.092, scikit-image 0.092
#   1024 pixels: default 0.628, downsample=False 0.091, scikit-image 0.091
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip install --quiet \
    'piq==0.8.0' 'torch==2.14.1' 'torchvision==0.29.1' 'scikit-image==0.26.0' \
    'numpy==2.4.6'
cd "$folder"
"$python" - <<'END'
from importlib.metadata import version

import torch
from piq import ssim
from skimage.metrics import structural_similarity

print("piq", version("piq"), "scikit-image", version("scikit-image"))
torch.manual_seed(0)
for size in (256, 383, 384, 512, 1024):
    wave = torch.arange(size) / size * 2 * torch.pi
    image = 0.5 + 0.25 * wave.sin()[:, None] * wave.cos()[None, :]
    noisy = (image + 0.1 * torch.randn(size, size)).clamp(0, 1)
    first, second = image[None, None], noisy[None, None]
    default = ssim(first, second).item()
    whole = ssim(first, second, downsample=False).item()
    other = structural_similarity(
        image.numpy(),
        noisy.numpy(),
        data_range=1.0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    print(
        f"{size:4} pixels: default {default:.3f}, downsample=False {whole:.3f}, "
        f"scikit-image {other:.3f}"
    )
    assert abs(whole - other) < 0.001
    if size < 384:
        assert default == whole
    else:
        assert default > 0.25 and whole < 0.11
END
