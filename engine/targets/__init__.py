"""The kinds of answer. A new one is a file here and a line below."""
