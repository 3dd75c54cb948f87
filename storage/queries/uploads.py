"""Files on their way in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage import tables
from storage.records import Upload, UploadStatus, record


def add(session: Session, id: str, owner: int, filename: str, size: int) -> Upload:
    """Announces a file of `size` bytes."""
    row = tables.Upload(id=id, owner=owner, filename=filename, size=size)
    session.add(row)
    session.flush()
    return record(Upload, row)


def get(session: Session, id: str) -> Upload | None:
    """One upload."""
    row = session.get(tables.Upload, id)
    return record(Upload, row) if row else None


def lock(session: Session, id: str) -> None:
    """Whoever else asks for this upload's lock waits until this transaction ends: what is made of it is made once.

    For PostgreSQL; on SQLite the writing transaction is alone anyway.
    """
    session.execute(select(tables.Upload.id).where(tables.Upload.id == id).with_for_update())


def begin(session: Session, id: str) -> bool:
    """Its bytes come, the first or further ones. False when it has arrived or was cancelled."""
    return _move(session, id, ("waiting", "receiving"), "receiving")


def finish(session: Session, id: str, key: str, size: int, sha256: str) -> bool:
    """The file is whole. False when it was cancelled meanwhile."""
    if not _move(session, id, ("receiving",), "received"):
        return False
    session.execute(update(tables.Upload).where(tables.Upload.id == id).values(key=key, size=size, sha256=sha256))
    return True


def cancel(session: Session, id: str) -> None:
    """The person does not want it any more, or nobody needs it. A received file has to be removed by the caller."""
    session.execute(
        update(tables.Upload).where(tables.Upload.id == id).values(status="cancelled", key=None, updated=tables.now())
    )


def unused_since(session: Session, before: datetime) -> list[Upload]:
    """Uploads that ended or stalled before that time and that no version and no waiting batch reads."""
    in_use = select(tables.Version.upload).where(
        tables.Version.upload.is_not(None), tables.Version.status == "importing"
    )
    in_batch = select(tables.Batch.upload).where(
        tables.Batch.upload.is_not(None), tables.Batch.status.in_(("queued", "running"))
    )
    question = select(tables.Upload).where(
        tables.Upload.status != "cancelled",
        tables.Upload.updated < before,
        tables.Upload.id.not_in(in_use),
        tables.Upload.id.not_in(in_batch),
    )
    return [record(Upload, row) for row in session.scalars(question)]


def _move(session: Session, id: str, of: tuple[UploadStatus, ...], to: UploadStatus) -> bool:
    moved = session.execute(
        update(tables.Upload)
        .where(tables.Upload.id == id, tables.Upload.status.in_(of))
        .values(status=to, updated=tables.now())
        .returning(tables.Upload.id)
    )
    return moved.first() is not None
