"""Data: the list of data sets, a file that has just arrived, or one data set; the address says which."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine.events import Note
from pages.components import session
from pages.components.dataset.being_made import being_made
from pages.components.dataset.clean import clean
from pages.components.dataset.columns import columns
from pages.components.dataset.gallery import gallery
from pages.components.dataset.listing import listing
from pages.components.dataset.preview import preview
from pages.components.dataset.taking_in import taking_in
from pages.components.dataset.versions import used_by, versions
from pages.components.layout import aside, header, jump, open_page, plain, problem, query_number, reason_of, tabs
from pages.components.renaming import rename
from pages.components.sampling import go_on
from pages.components.words import _, number, plural
from samples import SAMPLES
from services import datasets
from services.datasets import DatasetView, Version

user = session.me()


def shown_version(view: DatasetView) -> Version:
    """The version that the address names, else the latest."""
    asked = query_number("version")
    return next((version for version in view.versions if version.id == asked), view.latest)


def heading(view: DatasetView, version: Version) -> None:
    """Name, facts, and the way on."""
    dataset = view.dataset
    head = header(
        dataset.name, primary=_("Train a model"), icon=":material/model_training:", disabled=version.status != "ready"
    )
    facts = [_("version {n}").format(n=number(version.number))]
    if version.rows is not None and version.columns is not None:
        facts += [plural("{n} row", "{n} rows", version.rows), plural("{n} column", "{n} columns", version.columns)]
    aside(*facts, _("by {name}").format(name=dataset.owner_name), when=version.created)
    if dataset.owner == user.id:
        quiet_buttons(head, view)
    if head.pressed:
        open_page("train", version=version.id, predict=st.query_params.get("target"))
    if dataset.trashed_at is not None:
        st.warning(_("This data set lies in the trash."), icon=":material/delete:")


def quiet_buttons(head: object, view: DatasetView) -> None:
    """Star, rename, trash."""
    dataset = view.dataset
    head.more.button(
        _("Starred") if dataset.starred else _("Star"),
        icon=":material/star:" if dataset.starred else ":material/star_outline:", key="star", type="tertiary",
        on_click=datasets.star, args=(user, dataset.id, not dataset.starred),
    )  # fmt: skip
    if head.more.button(_("Rename"), icon=":material/edit:", key="rename", type="tertiary"):
        rename(dataset.name, partial(datasets.rename, user, dataset.id))
    if dataset.trashed_at is None:
        if head.more.button(_("Trash"), icon=":material/delete:", key="trash", type="tertiary"):
            datasets.trash(user, dataset.id)
            st.rerun()
    elif head.more.button(_("Restore"), icon=":material/restore_from_trash:", key="restore", type="tertiary"):
        datasets.restore(user, dataset.id)
        st.rerun()


def failed(version: Version) -> None:
    """Why a version could not be made, and the way back."""
    problem(reason_of(version.error, Note(text="This version could not be made.")))
    if version.parent is None:
        jump(_("Send the file again"), "data", key="again", icon=":material/arrow_back:")
    else:
        address = {"id": version.dataset, "version": version.parent}
        jump(_("Back to the version before"), "data", key="undo", icon=":material/undo:", **address)


def changed(view: DatasetView, version: Version) -> None:
    """What made this version, and the way back; only of the newest one, for others may rest on it."""
    before = {"id": version.dataset, "version": version.parent, "tab": "columns"}
    undone, mine = version.status == "undone", view.dataset.owner == user.id
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = _("Changed, and undone: {what}") if undone else _("Changed: {what}")
        st.caption(words.format(what=plain(version.note)), width="content")
        if mine and undone:
            st.button(
                _("Redo"), icon=":material/redo:", key="redo", type="tertiary",
                on_click=datasets.redo, args=(user, version.id),
            )  # fmt: skip
        elif mine and version.id == view.latest.id:
            if st.button(_("Undo"), icon=":material/undo:", key="undo", type="tertiary"):
                datasets.undo(user, version.id)
                open_page("data", **before)
        else:
            jump(_("The version before"), "data", key="before", icon=":material/arrow_back:", **before)


def one(dataset_id: int) -> None:
    """One data set."""
    view = datasets.dataset(user, dataset_id)
    version = shown_version(view)
    heading(view, version)
    if version.status == "importing":
        being_made(version.id)
        return
    if version.status == "failed":
        failed(version)
        return
    if st.query_params.get("sample") in SAMPLES:
        go_on(st.query_params["sample"], dataset_id)
    if version.parent is not None:
        changed(view, version)
    views = {"preview": (_("Preview"), partial(preview, version))}
    if any(column.kind == "image" for column in datasets.schema(user, version.id).columns):
        views["pictures"] = (_("Pictures"), partial(gallery, version))
    views |= {
        "columns": (_("Columns"), partial(columns, view, version)),
        "clean": (_("Clean"), partial(clean, view, version)),
        "versions": (_("Versions"), partial(versions, view, version)),
        "used": (_("Used by"), partial(used_by, view)),
    }
    opened = tabs({name: title for name, (title, _draw) in views.items()}, key="dataset tabs")
    for name, (_title, draw) in views.items():
        if opened[name].open:
            with opened[name]:
                draw()


asked_upload = st.query_params.get("upload")
asked_dataset, asked_version = query_number("id"), query_number("version")
if asked_dataset is None and asked_version is not None:
    asked_dataset = datasets.version(user, asked_version).dataset
if asked_dataset is not None:
    one(asked_dataset)
elif asked_upload:
    taking_in(asked_upload)
else:
    listing()
