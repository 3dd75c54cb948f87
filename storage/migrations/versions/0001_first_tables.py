"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """What people, their data sets, runs and answers are kept in."""
    _user()
    _dataset()
    _upload()
    _split()
    _version()
    _draft()
    _run()
    _batch()
    _prediction()
    _run_note()
    _run_point()
    _feedback()
    _job()


def _user() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("name_key", name="uq_user_name_key"),
        sqlite_autoincrement=True,
    )


def _dataset() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("starred", sa.Boolean(), nullable=False),
        sa.Column("trashed_at", Time, nullable=True),
        sa.Column("erased_at", Time, nullable=True),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_dataset_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_dataset"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dataset_trashed_at_created", "dataset", ["trashed_at", "created"])


def _upload() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=500), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("created", Time, nullable=False),
        sa.Column("updated", Time, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_upload_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
    )
    op.create_index("ix_upload_status_updated", "upload", ["status", "updated"])


def _split() -> None:
    op.create_table(
        "split",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.Integer(), nullable=False),
        sa.Column("spec_hash", sa.String(length=64), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("upto_version", sa.Integer(), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["dataset.id"], name="fk_split_dataset", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_split"),
        sa.UniqueConstraint("dataset", "spec_hash", name="uq_split_dataset_spec_hash"),
        sqlite_autoincrement=True,
    )


def _version() -> None:
    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("upload", sa.String(length=43), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("table_key", sa.String(length=300), nullable=True),
        sa.Column("facts_key", sa.String(length=300), nullable=True),
        sa.Column("schema", sa.JSON(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("columns", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["dataset"], ["dataset.id"], name="fk_version_dataset", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["parent"], ["version.id"], name="fk_version_parent", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["upload"], ["upload.id"], name="fk_version_upload", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.UniqueConstraint("dataset", "number", name="uq_version_dataset_number"),
        sqlite_autoincrement=True,
    )


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("updated", Time, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_draft_owner"),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name="fk_draft_version", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("owner", "version", name="uq_draft_owner_version"),
        sqlite_autoincrement=True,
    )


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("starred", sa.Boolean(), nullable=False),
        sa.Column("trashed_at", Time, nullable=True),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("request_key", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("fraction", sa.Double(), nullable=False),
        sa.Column("seconds_left", sa.Double(), nullable=True),
        sa.Column("device", sa.JSON(), nullable=True),
        sa.Column("last_sign", Time, nullable=True),
        sa.Column("metric", sa.String(length=40), nullable=True),
        sa.Column("higher_is_better", sa.Boolean(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("guess", sa.Double(), nullable=True),
        sa.Column("baseline", sa.Double(), nullable=True),
        sa.Column("test_rows", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("bundle_key", sa.String(length=300), nullable=True),
        sa.Column("bundle_hash", sa.String(length=64), nullable=True),
        sa.Column("created", Time, nullable=False),
        sa.Column("started", Time, nullable=True),
        sa.Column("finished", Time, nullable=True),
        sa.ForeignKeyConstraint(["dataset"], ["dataset.id"], name="fk_run_dataset"),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_run_owner"),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name="fk_run_version"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.UniqueConstraint("owner", "request_key", name="uq_run_owner_request_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_run_dataset_trashed_at_created", "run", ["dataset", "trashed_at", "created"])
    op.create_index("ix_run_trashed_at_created", "run", ["trashed_at", "created"])
    op.create_index("ix_run_trashed_at_name", "run", ["trashed_at", "name"])
    op.create_index("ix_run_trashed_at_status_created", "run", ["trashed_at", "status", "created"])


def _batch() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("predictor", sa.String(length=16), nullable=False),
        sa.Column("upload", sa.String(length=43), nullable=True),
        sa.Column("filename", sa.String(length=500), nullable=False),
        sa.Column("options", sa.JSON(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("bundle_hash", sa.String(length=64), nullable=True),
        sa.Column("result_key", sa.String(length=300), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("created", Time, nullable=False),
        sa.Column("finished", Time, nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_batch_owner"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_batch_run", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["upload"], ["upload.id"], name="fk_batch_upload", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_batch_run_created", "batch", ["run", "created"])


def _prediction() -> None:
    op.create_table(
        "prediction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("predictor", sa.String(length=16), nullable=False),
        sa.Column("bundle_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_prediction_owner"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_prediction_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_prediction"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_prediction_run_created", "prediction", ["run", "created"])


def _run_note() -> None:
    op.create_table(
        "run_note",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_run_note_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "seq", name="pk_run_note"),
    )


def _run_point() -> None:
    op.create_table(
        "run_point",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("loss", sa.Double(), nullable=False),
        sa.Column("validation_loss", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("learning_rate", sa.Double(), nullable=False),
        sa.Column("best", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_run_point_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "step", name="pk_run_point"),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("prediction", sa.Integer(), nullable=True),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.Column("row_number", sa.BigInteger(), nullable=True),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("correct", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("bundle_hash", sa.String(length=64), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batch.id"], name="fk_feedback_batch", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_feedback_owner"),
        sa.ForeignKeyConstraint(["prediction"], ["prediction.id"], name="fk_feedback_prediction", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_feedback_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.UniqueConstraint("owner", "batch", "row_number", name="uq_feedback_owner_batch_row_number"),
        sa.UniqueConstraint("owner", "prediction", name="uq_feedback_owner_prediction"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_created", "feedback", ["created"])
    op.create_index("ix_feedback_run_created", "feedback", ["run", "created"])


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", Time, nullable=True),
        sa.Column("worker", sa.String(length=200), nullable=True),
        sa.Column("wish", sa.String(length=16), nullable=False),
        sa.Column("fraction", sa.Double(), nullable=False),
        sa.Column("created", Time, nullable=False),
        sa.Column("started", Time, nullable=True),
        sa.Column("ended", Time, nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["batch.id"], name="fk_job_batch", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner"], ["user.id"], name="fk_job_owner"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_job_run", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["version"], ["version.id"], name="fk_job_version", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_batch", "job", ["batch"])
    op.create_index("ix_job_lane_status_priority_created", "job", ["lane", "status", "priority", "created"])
    op.create_index("ix_job_run", "job", ["run"])
    op.create_index("ix_job_version", "job", ["version"])
