"""Checkpoints of `training.fit`: what a run that was killed needs to go on to the same history."""

import hashlib
import io
import json
import zipfile

import numpy as np

from d2lutils import _files


def digest(parameters, *datasets):
    digest = hashlib.blake2b(parameters.tobytes(), digest_size=16)
    for dataset in datasets:
        if dataset is not None:
            digest.update(np.ascontiguousarray(dataset.images).data)
            digest.update(np.ascontiguousarray(dataset.labels).data)
    return digest.hexdigest()


def save(path, settings, factors, model, trainer, rows, seconds):
    state = trainer.state()
    header = {
        "settings": settings,
        "factors": factors,
        "rows": rows,
        "seconds": seconds,
    }
    header["steps"] = state["steps"]
    arrays = {f"slot{i}": slot for i, slot in enumerate(state["slots"])}
    buffer = io.BytesIO()
    np.savez(
        buffer,
        header=json.dumps(header),
        parameters=model.parameters,
        state=model.state,
        **arrays,
    )
    _files.write(path, buffer.getvalue())


def resume(path, settings, factors, model, trainer):
    try:
        with np.load(path) as file:
            header = json.loads(str(file["header"]))
            arrays = {name: file[name] for name in file.files if name != "header"}
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} is no checkpoint of a run ({error}); remove it to start afresh"
        ) from None
    different = [
        name for name in settings if header["settings"].get(name) != settings[name]
    ]
    shared = min(len(factors), len(header["factors"]))
    different += ["schedule"] if factors[:shared] != header["factors"][:shared] else []
    if different:
        raise ValueError(
            f"{path} belongs to a run with another {', '.join(different)}; remove it or choose another file"
        )
    model.parameters, model.state = arrays["parameters"], arrays["state"]
    slots = [arrays[f"slot{i}"] for i in range(len(arrays) - 2)]
    trainer.load_state({"slots": slots, "steps": header["steps"]})
    return header["rows"], len(header["factors"]), header["seconds"]
