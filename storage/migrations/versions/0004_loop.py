"""The loop closes: the API and its keys, reviewed feedback, watching, and learning again."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _api()
    _hearing()
    _watching()
    _improving()


def _api() -> None: ...


def _hearing() -> None: ...


def _watching() -> None: ...


def _improving() -> None: ...
