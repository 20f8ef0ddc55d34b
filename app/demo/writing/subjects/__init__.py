"""What the sample's records say, by subject; each function takes an occasion and returns the sections of its file."""
