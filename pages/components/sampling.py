"""Taking a sample: from one click to the Train page with everything chosen."""

from __future__ import annotations

import time

import streamlit as st

from pages.components import session
from pages.components.layout import open_page
from pages.components.words import _
from samples import SAMPLES
from services import datasets, drafts, runs

AT_ONCE = 4.0  # seconds; a sample that takes longer to read is waited for on its own page, which shows how far it is


def begin(name: str) -> None:
    """Takes the sample and goes on to the Train page as soon as it is read."""
    user = session.me()
    dataset = datasets.import_sample(user, name)
    deadline = time.monotonic() + AT_ONCE
    with st.spinner(_("Reading {name}").format(name=_(SAMPLES[name].title))):
        while datasets.dataset(user, dataset.id).latest.status == "importing" and time.monotonic() < deadline:
            time.sleep(0.1)
    go_on(name, dataset.id)


def go_on(name: str, dataset_id: int) -> None:
    """Opens the Train page with a draft, or the sample's own page while it is not read, or could not be."""
    user = session.me()
    sample, version = SAMPLES[name], datasets.dataset(user, dataset_id).latest
    if version.status != "ready":
        open_page("data", id=dataset_id, sample=name)
    if drafts.load(user, version.id) is None:
        recipe = runs.suggest(user, version.id, sample.target)
        drafts.save(user, version.id, {"recipe": recipe.model_dump(mode="json"), "name": _(sample.title)})
    open_page("train", version=version.id)
