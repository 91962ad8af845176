"""The other end of the wire: simulated Windows PCs that execute the scripts that ship."""
