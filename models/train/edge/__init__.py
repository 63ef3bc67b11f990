"""Training of the edge pack: one small encoder that answers every question the gateway asks of a text."""
