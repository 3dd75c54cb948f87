"""Models: the names by which others ask, and which version answers for each; search and order stand in the address."""

from __future__ import annotations

from pages.components.layout import header, open_page
from pages.components.models.listing import listing
from pages.components.words import _

head = header(
    _("Models"),
    _("Each has a name by which it is asked, versions, and one version that answers: production."),
    primary=_("Add a finished run"), icon=":material/add:",
)  # fmt: skip
if head.pressed:
    open_page("runs", status="finished")
listing()
