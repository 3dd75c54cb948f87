"""What feedback became in each improvement."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds what is new."""
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
