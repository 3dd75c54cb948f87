"""Learns from tables and answers from what it learned. Knows no user interface and no database."""
