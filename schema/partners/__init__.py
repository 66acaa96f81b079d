"""Partners: companies in the reseller program and their relationships with customers."""
