"""The loop closes: the API and its keys, reviewed feedback, watching, and learning again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What each part of the loop keeps, in turn."""
    _api()
    _hearing()
    _watching()
    _improving()


def _api() -> None:
    _prediction()
    _api_key()
    _call()


def _prediction() -> None:
    """On SQLite the reference comes with the column: a table that is made anew would take its feedback with it."""
    inline = op.get_bind().dialect.name == "sqlite"
    model = sa.ForeignKey("model.id", name="fk_prediction_model")
    op.add_column("prediction", sa.Column("model", sa.Integer(), model, nullable=True), inline_references=inline)
    op.add_column("prediction", sa.Column("version", sa.Integer(), nullable=True))
    op.create_index("ix_prediction_model_created", "prediction", ["model", "created"])


def _api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("expires", Time, nullable=True),
        sa.Column("revoked_at", Time, nullable=True),
        sa.Column("last_used", Time, nullable=True),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_api_key_model", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_api_key_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("hash", name="uq_api_key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_key_model", "api_key", ["model"])


def _call() -> None:
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("key", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Double(), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["key"], ["api_key.id"], name="fk_call_key", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_call_model", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_call"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_call_model_created", "call", ["model", "created"])


def _hearing() -> None:
    """What was said so far waits for its review."""
    with op.batch_alter_table("feedback", table_kwargs={"sqlite_autoincrement": True}) as feedback:
        feedback.add_column(sa.Column("model", sa.Integer(), nullable=True))
        feedback.add_column(sa.Column("source", sa.String(length=16), nullable=False, server_default="page"))
        feedback.add_column(sa.Column("request_key", sa.String(length=100), nullable=True))
        feedback.add_column(sa.Column("review", sa.String(length=16), nullable=False, server_default="waiting"))
        feedback.add_column(sa.Column("reviewer", sa.Integer(), nullable=True))
        feedback.add_column(sa.Column("reviewed_at", Time, nullable=True))
        feedback.add_column(sa.Column("accepted", sa.String(), nullable=True))
        feedback.add_column(sa.Column("used_in", sa.Integer(), nullable=True))
        feedback.add_column(sa.Column("used_row", sa.BigInteger(), nullable=True))
        feedback.create_foreign_key("fk_feedback_model", "model", ["model"], ["id"], ondelete="SET NULL")
        feedback.create_foreign_key("fk_feedback_reviewer", "user", ["reviewer"], ["id"])
        feedback.create_foreign_key("fk_feedback_used_in", "version", ["used_in"], ["id"], ondelete="SET NULL")
        feedback.create_unique_constraint("uq_feedback_model_request_key", ["model", "request_key"])
        feedback.create_index("ix_feedback_prediction", ["prediction"])
        feedback.create_index("ix_feedback_review_created", ["review", "created"])


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
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.Column("closed", Time, nullable=True),
        sa.Column("told", Time, nullable=True),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_alarm_model", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alarm_model_closed", "alarm", ["model", "closed"])


def _improving() -> None:
    op.create_table(
        "improvement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.String(length=16), nullable=False),
        sa.Column("from_weights", sa.Boolean(), nullable=False),
        sa.Column("production", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("run", sa.Integer(), nullable=True),
        sa.Column("candidate", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=True),
        sa.Column("comparison", sa.JSON(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("created", Time, nullable=False),
        sa.Column("finished", Time, nullable=True),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_improvement_model", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_improvement_owner"),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name="fk_improvement_version", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_improvement_run", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_improvement"),
        sa.UniqueConstraint("version", name="uq_improvement_version"),
        sa.UniqueConstraint("run", name="uq_improvement_run"),
        sqlite_autoincrement=True,
    )
    going = sa.text("finished IS NULL")
    op.create_index(
        "ix_improvement_model", "improvement", ["model"], unique=True, sqlite_where=going, postgresql_where=going
    )
    op.create_index("ix_improvement_model_created", "improvement", ["model", "created"])
