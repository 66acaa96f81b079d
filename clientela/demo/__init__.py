"""The demo world of the development mode, and made-up customers for load tests. No real company or person is in it."""
