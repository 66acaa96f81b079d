"""Databases as operations use them: SQL text and its parameters in, the driver's raw rows out, nothing in between.

SQLAlchemy writes the statements and knows the types; its engine, pool and session are not on the way of a request.
"""
