"""Subscriptions: events from the database to subscribers, over WebSocket and Server-Sent Events."""
