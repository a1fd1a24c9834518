"""Serves the counter's backend as the shop is served: Reflex's production backend on Granian.

python serve.py PORT WORKERS
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(port: int, workers: int) -> None:
    """Serve until stopped."""
    os.chdir(Path(__file__).parent)
    sys.path.insert(0, str(Path(__file__).parent))
    from reflex.utils import exec as reflex_server
    from reflex_base import constants
    from reflex_base.config import get_config
    from reflex_base.environment import environment

    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    os.environ["REFLEX_USE_GRANIAN"] = "true"
    os.environ["GRANIAN_WORKERS"] = str(workers)
    reflex_server.run_backend_prod("127.0.0.1", port, get_config().loglevel.subprocess_level())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
