"""The predicting process: `python -m services.serving.process`. Keras is loaded, a desk answers whoever connects.

One a data folder; listens on a Unix socket that only its owner may open. Computes on the CPU, so that it takes no GPU
memory from a run. It outlives the server, and ends when nobody wants it any more.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from threading import Thread

from engine import devices
from services.house import house
from services.serving.address import socket_path
from services.serving.desk import Desk
from services.work.detached import SERVING, begin_log, code_stamp

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
UNWANTED = 600.0
"""Ends when no server has asked for it in so many seconds."""
WAITING = 128
"""Connections that may wait to be taken."""


def listen(path: Path) -> Listener:
    """Listens at `path`, for its owner only."""
    path.unlink(missing_ok=True)
    before = os.umask(0o077)
    try:
        return Listener(str(path), "AF_UNIX", WAITING)
    finally:
        os.umask(before)


def converse(connection: Connection, desk: Desk) -> None:
    """Answers one question after the other, until nobody is there any more."""
    with connection, suppress(EOFError, OSError):
        while True:
            connection.send_bytes(desk.ask(connection.recv_bytes()))


def end_unwanted(folder: Path) -> None:
    """Ends the process when nobody wants it: at once, for whoever is waiting asks another one."""
    while SERVING.needed(folder, UNWANTED):
        time.sleep(LOOK_EVERY)
    os._exit(0)


def main() -> None:
    """Loads Keras, then listens: whoever can connect gets a quick answer. A thread for each that is connected."""
    begin_log()
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    devices.settle(os.environ)
    home = house()
    folder = home.settings.data
    code_stamp()
    lock = SERVING.hold(folder)  # until the process ends
    if lock is None:
        return
    import sklearn.ensemble  # noqa: F401  loaded before the first request needs them

    import engine.network  # noqa: F401

    desk = Desk(home.files)
    Thread(target=end_unwanted, args=(folder,), daemon=True).start()
    with listen(socket_path(folder)) as listener:
        log.info("Answers on %s", listener.address)
        while True:
            Thread(target=converse, args=(listener.accept(), desk), daemon=True).start()


if __name__ == "__main__":
    main()
