"""Annotated captures: the frames of connections, with what is to be said of them."""
