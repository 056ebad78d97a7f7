"""Can every machine of the README's table install the book? `python
tools/platforms.py`.

For each machine and each Python, uv resolves what tools/install.py would install there,
from wheels alone: nothing is downloaded but the packages' metadata, nothing installed.
Says so and ends well where there is no network. Ends with pytest's kind of closing
line.
"""

import concurrent.futures
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import environment

# What uv calls the machines that environment.frameworks knows.
PLATFORMS = {
    "x86_64-manylinux_2_28": ("Linux", "x86_64"),
    "aarch64-manylinux_2_28": ("Linux", "aarch64"),
    "aarch64-apple-darwin": ("Darwin", "arm64"),
    "x86_64-apple-darwin": ("Darwin", "x86_64"),
    "x86_64-pc-windows-msvc": ("Windows", "AMD64"),
}
PYTHONS = [
    (3, minor) for minor in range(environment.OLDEST[1], environment.NEWEST[1] + 1)
]


def uv():
    """uv's path; a sentence where there is none."""
    beside = Path(sys.executable).parent
    found = shutil.which("uv") or shutil.which("uv", path=beside)
    if found is None:
        raise SystemExit(
            "uv resolves the versions, and none is here: `pip install uv`."
        )
    return found


def requirements(arguments):
    """What uv compiles for the arguments of one call of pip: (lines, options)."""
    lines, options = [], []
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if option == "-e":  # the book itself, of which only the dependencies matter
            options += ["pyproject.toml"]
            options += ["--extra=" + name for name in _extras(value)]
        elif option == "-r":
            text = (environment.ROOT / value).read_text(encoding="utf8")
            lines += [line for line in text.splitlines() if not line.startswith("-")]
        elif option == "--no-deps":
            options.append(option)
        elif option[0] != "." and not option.endswith(".txt"):
            lines.append(option)
    return "\n".join(lines), options


def _extras(package):
    return package.partition("[")[2].rstrip("]").split(",") if "[" in package else ()


def trouble(platform, version, framework):
    """Why the book cannot be installed there, uv's words; None if it can be."""
    # PyTorch's newest wheels are for macOS 14.
    settings = os.environ | {"MACOSX_DEPLOYMENT_TARGET": "14.0"}
    for arguments in environment.steps([framework], ["pdf"], version):
        lines, options = requirements(arguments)
        if "--no-deps" in options and version != environment.NEWEST:
            continue  # MXNet and d2l are the same files for every Python
        done = subprocess.run(
            [
                *(uv(), "pip", "compile", "-", *options, "--quiet", "--no-header"),
                *("--only-binary", ":all:", "--python-platform", platform),
                *("--python-version", "{}.{}".format(*version)),
            ],
            cwd=environment.ROOT,
            input=lines,
            capture_output=True,
            text=True,
            env=settings,
        )
        if done.returncode != 0:
            return done.stderr.strip()
    return None


def main():
    combinations = [
        (platform, version, framework)
        for (platform, place), version in itertools.product(PLATFORMS.items(), PYTHONS)
        for framework in environment.frameworks(*place)
    ]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda what: trouble(*what), combinations))
    failed = 0
    for (platform, version, framework), told in zip(combinations, found, strict=True):
        if told is None:
            continue
        if any(words in told for words in environment.NO_NETWORK):
            print("Platforms: not looked at, since the package index does not answer.")
            return 0
        failed += 1
        name = "{}.{}".format(*version)
        print(f"{environment.NAMES[framework]} on {platform}, Python {name}:\n{told}\n")
    print(f"Platforms: {len(found) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
