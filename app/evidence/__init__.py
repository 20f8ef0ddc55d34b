"""Evidence: proof that something was done, in immutable versions with files, submitted and then accepted or not."""
