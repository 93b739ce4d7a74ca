"""Where things are, and the demo library on the import path. Import this first."""

import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "deploy"))
sys.dont_write_bytecode = True
