"""Models: the port and its adapters, one file each."""
