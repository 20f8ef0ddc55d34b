"""What the sample's controlled documents say, by their code in the master list: a purpose, and tables."""
