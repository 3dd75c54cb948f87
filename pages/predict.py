"""Predict: ask a finished run about one row, or about a file of rows."""

from __future__ import annotations

import streamlit as st

from engine.errors import NotFound
from pages.components import session
from pages.components.absent import choose_from
from pages.components.batches import file_tab
from pages.components.layout import aside, empty, header, link, open_page, query_number, tabs
from pages.components.share import share
from pages.components.trying import try_it
from pages.components.words import _, say
from services import runs

user = session.me()


def choose_run() -> runs.Run | None:
    """The run of the address, or the newest that is finished; another can be chosen."""
    listed = {run.id: run_title(run) for run in runs.titles(user)}
    asked = query_number("run")
    if asked is not None and asked not in listed:
        listed[asked] = f"{runs.run(user, asked).name} ({asked})"
    if not listed:
        return None
    ids = list(listed)
    at = asked if asked is not None else ids[0]
    chosen = st.selectbox(
        _("Run"), ids, index=ids.index(at), format_func=listed.__getitem__, label_visibility="collapsed",
        key=f"ask run {at}",
    )  # fmt: skip
    if chosen != asked:
        st.query_params["run"] = str(chosen)
        st.query_params.pop("batch", None)
    return runs.run(user, chosen)


def run_title(run: runs.RunTitle) -> str:
    """Name and verdict in one line."""
    words = f" · {say(run.short['text'], run.short['values'])}" if run.short else ""
    return f"{run.name} ({run.id}){words}"


def main() -> None:
    """The page."""
    head = header(_("Predict"))
    try:
        run = choose_run()
    except NotFound as error:
        choose_from("auto_awesome", _("Which run?"), error, _("All runs"), "runs")
        return
    if run is None:
        below = empty("auto_awesome", _("Nothing to ask yet"), _("Once a run is finished, it answers here."))
        with below:
            if st.button(_("Train a model"), type="primary", key="train first"):
                open_page("train")
        return
    with head.more:
        share("share-predict")
    if run.status != "finished":
        empty("hourglass", _("Not finished yet"), _("This run answers once it is finished."))
        link(_("Look at the run"), "run", icon=":material/show_chart:", id=run.id)
        return
    aside(_("predicts {target}").format(target=run.target), run.dataset_name, when=run.finished)
    opened = tabs({"row": _("One row"), "file": _("A file")}, key="predict tabs")
    if opened["row"].open:
        with opened["row"]:
            try_it(run)
    if opened["file"].open:
        with opened["file"]:
            file_tab(run)


main()
