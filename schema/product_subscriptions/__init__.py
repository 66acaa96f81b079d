"""What the catalogue sells, what customers bought, and what they may buy for themselves."""
