"""A server of the dashboard on a free loopback port, with a data folder of its own; nothing of it is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180


class Server:
    """The web server's process. `data` is its data folder, in which its helpers write who they are."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (data.parent / f"{data.name}.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(self.port)]
        environment = {**os.environ, "LOAM_DATA": str(self.data), "TF_CPP_MIN_LOG_LEVEL": "2"}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"The server did not start:\n{self.log()[-3000:]}")

    def stop(self) -> None:
        """Ends the web server alone; its helpers go on, as they do when somebody restarts it."""
        if self._process is not None:
            _end([psutil.Process(self._process.pid)])
            self._process.wait(10)
            self._process = None

    def close(self) -> None:
        """Ends the server and the helpers that it started."""
        self.stop()
        for mark in (self.data / "processes").glob("*.json"):
            with suppress(OSError, ValueError, KeyError, psutil.NoSuchProcess):
                helper = psutil.Process(int(json.loads(mark.read_text())["pid"]))
                _end([helper, *helper.children(recursive=True)])
        self._log.close()

    def log(self) -> str:
        """What the server and its helpers said so far."""
        files = [Path(self._log.name), *sorted((self.data / "processes").glob("*.log"))]
        return "\n".join(f"{file.name}:\n{file.read_text(encoding='utf-8', errors='replace')}" for file in files)


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    """A running server on the data folder."""
    server = Server(data)
    try:
        server.start()
        yield server
    finally:
        server.close()


def _end(processes: list[psutil.Process]) -> None:
    """Ends them: asks first, insists after a while."""
    for one in processes:
        with suppress(psutil.NoSuchProcess):
            one.send_signal(signal.SIGTERM)
    _gone, alive = psutil.wait_procs(processes, timeout=8)
    for one in alive:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
