"""Remembering: the database, the artifacts, and typed records out of them. Knows nothing of learning or pages."""
