"""What Loam is measured against. `make bench` runs all of it and writes README.md beside this file."""
