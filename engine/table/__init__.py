"""Tables: reading files, telling what is in them, cleaning and splitting. Knows no Keras and learns nothing."""
