"""Charts: an engine's result → a figure that says what to see in it. One look, light and dark. Computes no result."""
