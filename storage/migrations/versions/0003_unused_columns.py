"""Columns go that nothing wrote or read: notes of data sets, what a job was told, how much of a file had arrived."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bytes that have arrived are counted on the disk; work is told by the run, version or batch that a job names."""
    op.drop_column("dataset", "notes")
    op.drop_column("job", "payload")
    op.drop_column("upload", "received")
