"""One door a library: each file here may import only its own."""
