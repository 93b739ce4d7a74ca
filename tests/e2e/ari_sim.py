"""A simulated Asterisk that a node drives over ARI: opora-ari-sim."""

from __future__ import annotations

import json
from pathlib import Path

from pbx_sim import PbxSim


def node_options(folder: Path, port: int, plan: dict, **more) -> dict[str, str]:
    """Of a node that has this plan of calls and an Asterisk at this port of loopback; the files are
    written into the folder. `more` of the settings: what is played.
    """
    password = PbxSim.password(folder, "ari.password")
    (folder / "plan.json").write_text(json.dumps(plan))
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "user": "opora",
        "endpoint": "PJSIP/{agent}",
        "trunk": "PJSIP/{number}@trunk",
        **more,
    }
    (folder / "ari.json").write_text(json.dumps(settings))
    return {
        "--call-plan": str(folder / "plan.json"),
        "--ari": str(folder / "ari.json"),
        "--ari-password-file": str(password),
    }


class AriSim(PbxSim):
    def options(self, folder: Path, plan: dict, **more) -> dict[str, str]:
        return node_options(folder, self.port, plan, **more)
