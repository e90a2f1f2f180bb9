"""One module per outside engine; imported by the sandboxed child only, never by `app`."""
