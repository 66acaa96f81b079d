"""Who may do what, as data: roles, permissions, conditions, clouds. Imports nothing of ours and does no I/O."""
