"""Links: this evidence or document answers that expectation, said by a person, confirmed again after changes."""
