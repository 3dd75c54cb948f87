"""The loop closes: the API and its keys, reviewed feedback, watching, and learning again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    _api()
    _hearing()
    _watching()
    _improving()


def _api() -> None: ...


def _hearing() -> None: ...


def _watching() -> None:
    op.create_table(
        "watch",
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("webhook", sa.String(length=500), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("checked_at", Time, nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("improve_after", sa.Integer(), nullable=True),
        sa.Column("improve_on_alarm", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_watch_model", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("model", name="pk_watch"),
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.Column("closed", Time, nullable=True),
        sa.Column("told", Time, nullable=True),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_alarm_model", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarm_model_closed", "alarm", ["model", "closed"])


def _improving() -> None: ...
