"""What the server does for its connections."""

from __future__ import annotations

import socket

from streamlit_app import answer_at_once


def test_answers_wait_for_no_acknowledgement() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answer_at_once()
        with socket.create_connection(listening.getsockname()):
            connection, _address = listening.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
