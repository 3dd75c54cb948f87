"""Run by Alembic: hands it our tables and the connection that `storage.migrations.upgrade` opened."""

from alembic import context

from storage.migrations import VERSION_TABLE
from storage.tables import Base


def migrate() -> None:
    """Runs the migrations that are due."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name by which Alembic runs this file
    migrate()
