"""The name cookie."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from services import access


def test_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: TestClient) -> None:
    _user, token = access.sign_in("Ada")
    cookie = stranger.post("/session", json={"token": token}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_cookie_is_kept_as_long_as_the_setting_says(stranger: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAM_COOKIE_DAYS", "800")
    _user, token = access.sign_in("Ada")
    cookie = stranger.post("/session", json={"token": token}).headers["set-cookie"].lower()
    assert f"max-age={800 * 86_400};" in cookie


def test_forged_token_sets_no_cookie(stranger: TestClient) -> None:
    answer = stranger.post("/session", json={"token": "1.forged.token"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_another_site_cannot_set_a_name(stranger: TestClient) -> None:
    _user, token = access.sign_in("Ada")
    answer = stranger.post("/session", json={"token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_without_a_name_nothing_is_taken(stranger: TestClient) -> None:
    answer = stranger.post("/uploads", json={"filename": "a.csv", "size": 3})
    assert answer.status_code == 403
    assert "no name yet" in answer.json()["detail"]


def test_forgotten_name_is_gone(caller: TestClient) -> None:
    assert caller.delete("/session").status_code == 204
    assert caller.post("/uploads", json={"filename": "a.csv", "size": 3}).status_code == 403


def test_health_tells_what_lives_and_starts_nothing(stranger: TestClient) -> None:
    assert stranger.get("/health").json() == {"server": True, "supervisor": False, "predicting": False}
