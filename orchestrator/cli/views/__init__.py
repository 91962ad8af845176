"""Values become things rich can print; nothing here prints, asks or decides."""
