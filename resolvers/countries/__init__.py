"""Country rules: what a form must ask for, and whether what was typed fits the country (customers.md 1.4-1.8)."""
