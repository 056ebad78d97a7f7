"""Which GPU PyTorch can compute on here."""

import torch


def gpu_kind() -> str:
    """PyTorch's word for the kind of GPU that is here, "" without one.

    "cuda" is NVIDIA's, and AMD's where PyTorch was built for ROCm; "mps" is Apple's.
    """
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else ""


def gpu_trouble(dtype: str = "float32") -> str:
    """Why PyTorch cannot compute on a GPU here, one sentence; "" if it can."""
    kind = gpu_kind()
    if not kind:
        return "no GPU is visible to PyTorch"
    if kind == "mps" and dtype == "float64":
        return "no GPU of Apple's computes in float64"
    try:
        ones = torch.ones(2, 2, device=kind)
        (ones @ ones).sum().item()
    except RuntimeError as error:
        return f"PyTorch failed on it ({str(error).strip().splitlines()[0]})"
    return ""
