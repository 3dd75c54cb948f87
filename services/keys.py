"""Where artifacts lie: the keys of `storage.files`, in one place."""

from __future__ import annotations

import secrets

EXPORTS = "exports"
ALL_BATCH_PICTURES = "runs/*/batches/*/pictures"


def upload(upload_id: str) -> str:
    """A file that was sent, as it came."""
    return f"uploads/{upload_id}"


def export(user_id: int, file: str) -> str:
    """A new place for a file that is made for one download."""
    return f"{EXPORTS}/{user_id}/{secrets.token_hex(8)}/{file}"


def dataset(dataset_id: int) -> str:
    """Everything of a data set."""
    return f"datasets/{dataset_id}"


def version(dataset_id: int, number: int, file: str = "") -> str:
    """A file of a version: table.parquet, sample.parquet, facts.json, download.csv …; without `file`, all of them."""
    return f"datasets/{dataset_id}/versions/{number}/{file}".rstrip("/")


def pictures(dataset_id: int) -> str:
    """The folder of the pictures of all versions, each kept once by its content."""
    return f"datasets/{dataset_id}/pictures"


def split(dataset_id: int, spec_hash: str) -> str:
    """A new place for a membership of the lineage, so that none is ever overwritten."""
    return f"datasets/{dataset_id}/splits/{spec_hash[:16]}-{secrets.token_hex(4)}.parquet"


def bundle(run_id: int, attempt: int) -> str:
    """A run's saved model."""
    return f"runs/{run_id}/bundle-{attempt}"


def run_pictures(run_id: int) -> str:
    """The folder of pictures that a run was asked about, each kept once by its content."""
    return f"runs/{run_id}/pictures"


def run(run_id: int) -> str:
    """Everything of a run."""
    return f"runs/{run_id}"


def batch(run_id: int, batch_id: int, file: str) -> str:
    """A file of a batch: result-1.parquet of its first attempt, download.csv …"""
    return f"runs/{run_id}/batches/{batch_id}/{file}"


def batch_pictures(run_id: int, batch_id: int, file: str = "") -> str:
    """The folder of the pictures of a batch's file, for as long as files that were sent are kept; or one of them."""
    return batch(run_id, batch_id, f"pictures/{file}").rstrip("/")
