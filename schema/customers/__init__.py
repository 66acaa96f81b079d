"""Customers: the account, its profiles, agreements and everything done with them."""
