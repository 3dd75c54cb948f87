"""The views of the Data page: the list, a file being taken in, and the tabs of one data set."""
