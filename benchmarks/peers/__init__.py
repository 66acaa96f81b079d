"""The servers that Clientela is measured against: the same fields, pages and scope, written as their own guides do."""
