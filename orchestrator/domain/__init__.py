"""The rules, pure: values in, values out. No clock, no path, no network, no log."""
