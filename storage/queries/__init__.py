"""What is asked of the database, one file an entity. Functions take a session and return records."""
