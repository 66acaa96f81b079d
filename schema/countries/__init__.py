"""What a form must ask for in a country, and checks before it is sent."""
