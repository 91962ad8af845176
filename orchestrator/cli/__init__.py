"""The command line: parse, call, view, exit."""
