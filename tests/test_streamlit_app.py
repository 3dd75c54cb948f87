"""What the server does for its connections."""

from __future__ import annotations

import socket

from starlette.testclient import TestClient

from streamlit_app import BASE, PAGES, answer_at_once, app


def test_answers_wait_for_no_acknowledgement() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answer_at_once()
        with socket.create_connection(listening.getsockname()):
            connection, _address = listening.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_every_page_knows_where_its_server_is() -> None:
    client = TestClient(app)  # not entered: no helpers come up
    for name in PAGES:
        assert BASE in client.get(f"/{name}?id=1").text, name
    assert client.get("/favicon.png").headers["content-type"] == "image/png"
