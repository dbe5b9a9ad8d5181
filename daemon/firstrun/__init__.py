"""The first run: what is asked of staff, the code that lets another device in, and the file that comes of it."""
