"""Named models, their versions, and the history of their pointers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A model's versions are runs; which of them answers, and who said so when."""
    _model()
    _model_version()
    _model_change()


def _model() -> None:
    op.create_table(
        "model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=600), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("production", sa.Integer(), nullable=False),
        sa.Column("candidate", sa.Integer(), nullable=True),
        sa.Column("trashed_at", Time, nullable=True),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_model_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_model"),
        sqlite_autoincrement=True,
    )
    there = sa.text("trashed_at IS NULL")
    op.create_index("ix_model_name_key", "model", ["name_key"], unique=True, sqlite_where=there, postgresql_where=there)
    op.create_index("ix_model_trashed_at_created", "model", ["trashed_at", "created"])


def _model_version() -> None:
    op.create_table(
        "model_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("bundle_hash", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_model_version_model", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_model_version_owner"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_model_version_run"),
        sa.PrimaryKeyConstraint("id", name="pk_model_version"),
        sa.UniqueConstraint("model", "number", name="uq_model_version_model_number"),
        sa.UniqueConstraint("model", "run", name="uq_model_version_model_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_model_version_run", "model_version", ["run"])


def _model_change() -> None:
    op.create_table(
        "model_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("pointer", sa.String(length=16), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=True),
        sa.Column("to_version", sa.Integer(), nullable=True),
        sa.Column("rolled_back", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_model_change_model", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_model_change_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_model_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_model_change_model_pointer", "model_change", ["model", "pointer"])
