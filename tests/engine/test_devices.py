"""Which device a run computes on is said in words, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import devices


def with_driver(folder: Path, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    """A driver's program that answers so."""
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\nprintf '{says}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def test_gpus_are_named_as_the_driver_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_driver(tmp_path, monkeypatch, "NVIDIA H200\\nNVIDIA L4\\n")
    assert devices.gpus() == ("NVIDIA H200", "NVIDIA L4")


@pytest.mark.parametrize(
    ("visible", "names"), [("1", ("L4",)), ("1,0", ("L4", "H200")), ("", ()), ("7", ()), ("GPU-5c", ("H200",))]
)
def test_only_visible_gpus_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visible: str, names: tuple[str, ...]
) -> None:
    with_driver(tmp_path, monkeypatch, "H200\\nL4\\n")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert devices.gpus() == names


def test_without_a_gpu_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert "no NVIDIA GPU" in str(devices.device().text)
    assert "this method" in devices.device(neural=False).text
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert "switched off" in devices.device().text


def test_memory_is_shared_unless_somebody_said_otherwise() -> None:
    environment = {"TF_FORCE_GPU_ALLOW_GROWTH": "false"}
    devices.settle(environment)
    assert environment["TF_FORCE_GPU_ALLOW_GROWTH"] == "false"
    assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
