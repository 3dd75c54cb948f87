"""What a person can ask for: one function each. Combines the engine (learning) with storage (remembering)."""
