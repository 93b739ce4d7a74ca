#!/usr/bin/env python3
"""Searches for inputs that break a fuzz target: libFuzzer from the target's corpus.

By default a bounded number of inputs from a fixed seed, as a test; --seconds searches for as long.
An input that breaks the target is printed as the text of a new corpus file: put it there once the
fault is mended, and the replay keeps it mended.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# A few seconds a target: enough to find what a change of the format broke. Longer searches are
# started by hand.
TEST_RUNS = 40_000
# A slow machine stops before the runs are through rather than fail for its slowness.
TEST_SECONDS = 60
# Above every frame and body that the targets take apart in one piece.
MAX_INPUT_BYTES = 8192
LINE_DIGITS = 96


def seeds(name, folder):
    """The corpus as bytes, which is what libFuzzer can change sensibly."""
    for path in sorted((HERE / "corpus" / name).iterdir()):
        text = path.read_text()
        data = bytes.fromhex(text[4:]) if text.startswith("hex:") else text.encode()
        (folder / path.name).write_bytes(data)


def as_corpus_file(data):
    digits = data.hex()
    return "hex:\n" + "".join(
        digits[i : i + LINE_DIGITS] + "\n" for i in range(0, len(digits), LINE_DIGITS)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name")
    parser.add_argument("--drivers", type=Path, default=HERE.parents[1] / "build/fuzz/tests/fuzz")
    parser.add_argument("--seconds", type=int, help="search for so long, from a random seed")
    options = parser.parse_args()
    limits = (
        [f"-max_total_time={options.seconds}"]
        if options.seconds
        else [f"-runs={TEST_RUNS}", f"-max_total_time={TEST_SECONDS}", "-seed=1"]
    )
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        seeds(options.name, corpus)
        run = subprocess.run(
            [
                options.drivers / f"fuzz_{options.name}",
                *limits,
                f"-max_len={MAX_INPUT_BYTES}",
                "-print_final_stats=1",
                f"-artifact_prefix={folder}/broke-",
                corpus,
            ]
        )
        for broke in sorted(Path(folder).glob("broke-*")):
            print(
                f"\nan input that breaks it; once mended, keep it as corpus/{options.name}/WHAT.hex:"
            )
            print(as_corpus_file(broke.read_bytes()))
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
