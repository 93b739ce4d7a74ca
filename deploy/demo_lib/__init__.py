"""The demo region and the day runner: starts a hub and nodes on loopback and plays calls and contacts
through their API.
"""
