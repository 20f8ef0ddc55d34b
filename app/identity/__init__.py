"""Who acts: users, roles per organisation, tokens, time-boxed auditors. Deny by default."""
