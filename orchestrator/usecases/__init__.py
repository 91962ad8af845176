"""The verbs. They know the domain and the ports, and touch the world only through ports."""
