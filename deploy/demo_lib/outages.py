"""Outages of the demo's lines: `deploy/demo cut 3` takes site 3 off the network, `deploy/demo mend 3` puts
it back; without numbers, all sites.

Two processes meet in the demo's folder: the one that asks writes which sites are to be off into
`outages.json`, the one that runs the demo makes it so and says it in region.json, where the first
waits to read it.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from .region import Region
from .show import say

DESCRIBED = "region.json"
_WANTED = "outages.json"
_OBEYED_S = 15.0  # the demo looks twice a second, unless it is just starting a daemon again


class Outages:
    """Of the demo that runs. Used by one thread."""

    def __init__(self, region: Region, folder: Path):
        self._region = region
        self._wanted = folder / _WANTED
        self.off: set[int] = set()
        self._wanted.unlink(missing_ok=True)

    def obey(self) -> bool:
        """Cuts and restores what is asked for; whether anything changed."""
        wanted = _read(self._wanted) & self._region.sites.keys()
        for no in wanted - self.off:
            say(f"  site {no} is off the network")
            self._region.cut(self._region.sites[no])
        for no in self.off - wanted:
            say(f"  site {no} is on the network again")
            self._region.restore(self._region.sites[no])
        changed = wanted != self.off
        self.off = wanted
        return changed


def ask(folder: Path, wish: str, sites: list[int], patience_s: float = _OBEYED_S) -> int:
    """`wish` is "cut" or "mend". The exit code: 0 done, 1 no demo does it, 2 there is no such site."""
    lines = _lines(folder)
    if not lines:
        say(f"No demo runs in {folder}: start deploy/demo first")
        return 1
    if unknown := set(sites) - lines.keys():
        say(f"No site {sorted(unknown)[0]} here, only {', '.join(map(str, lines))}")
        return 2
    chosen = set(sites) or set(lines)
    before = _read(folder / _WANTED)
    wanted = before | chosen if wish == "cut" else before - chosen
    part = folder / f"{_WANTED}.part"
    part.write_text(json.dumps(sorted(wanted)) + "\n")
    part.rename(folder / _WANTED)
    deadline = time.monotonic() + patience_s
    while any((_lines(folder).get(no) == "cut") != (no in wanted) for no in chosen):
        if time.monotonic() > deadline:
            say(f"The demo in {folder} does not answer")
            return 1
        time.sleep(0.1)
    names = ", ".join(str(no) for no in sorted(chosen))
    print(f"off the network: {names}" if wish == "cut" else f"on the network: {names}")
    return 0


def _read(path: Path) -> set[int]:
    """Nothing when there is no file, or one that is not ours."""
    try:
        return {int(no) for no in json.loads(path.read_text())}
    except (OSError, ValueError, TypeError):
        return set()


def _lines(folder: Path) -> dict[int, str]:
    """Of each site by its number, "up" or "cut"; empty when no demo is described here."""
    try:
        region = json.loads((folder / DESCRIBED).read_text(encoding="utf-8"))
        return {site["no"]: site["line"] for site in region["sites"]}
    except (OSError, ValueError, KeyError):
        return {}
