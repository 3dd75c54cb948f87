"""An index: what was said of a model since its last check is asked every few seconds, for all models."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds it."""
    op.create_index("ix_feedback_model_created", "feedback", ["model", "created"])
