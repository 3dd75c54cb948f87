"""What feedback became in each improvement, and the keys of judgements that came before."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds both. The keys first: on SQLite a table that is made anew would take what refers to it with it."""
    _request_keys()
    _lessons()


def _lessons() -> None:
    """What feedback became moves into a table of its own: it may teach several models, and several times."""
    feedback = sa.table("feedback", sa.column("id"), sa.column("used_in"), sa.column("used_row"))
    used = sa.select(feedback.c.id, feedback.c.used_in, feedback.c.used_row).where(feedback.c.used_in.is_not(None))
    became = [{"feedback": said, "version": version, "row": row} for said, version, row in op.get_bind().execute(used)]
    with op.batch_alter_table("feedback", table_kwargs={"sqlite_autoincrement": True}) as changed:
        changed.drop_constraint("fk_feedback_used_in", type_="foreignkey")
        changed.drop_column("used_in")
        changed.drop_column("used_row")
    lesson = op.create_table(
        "lesson",
        sa.Column("feedback", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["feedback"], ["feedback.id"], name="fk_lesson_feedback", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name="fk_lesson_version", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feedback", "version", name="pk_lesson"),
    )
    op.create_index("ix_lesson_version", "lesson", ["version"])
    op.bulk_insert(lesson, became)
    op.add_column("watch", sa.Column("refusal", sa.JSON(), nullable=True))


def _request_keys() -> None:
    """The keys move into a table of their own, with a fingerprint of what was said: a judgement may have several."""
    about = ("owner", "prediction", "batch", "row_number", "verdict", "correct", "comment")
    feedback = sa.table("feedback", *map(sa.column, ("id", "model", "request_key", *about)))
    said = sa.select(feedback).where(feedback.c.model.is_not(None), feedback.c.request_key.is_not(None))
    used = [
        {
            "model": row["model"],
            "key": row["request_key"],
            "feedback": row["id"],
            "said": hashlib.sha256(json.dumps([row[name] for name in about]).encode()).hexdigest(),
        }
        for row in op.get_bind().execute(said).mappings()
    ]
    with op.batch_alter_table("feedback", table_kwargs={"sqlite_autoincrement": True}) as changed:
        changed.drop_constraint("uq_feedback_model_request_key", type_="unique")
        changed.drop_column("request_key")
    request_key = op.create_table(
        "request_key",
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("feedback", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_request_key_model", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("model", "key", name="pk_request_key"),
    )
    op.bulk_insert(request_key, used)
