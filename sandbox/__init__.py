"""The sandbox stands in for the providers: their APIs, their webhooks and a phone in the browser.

It knows nothing of the gateway but HTTP. State lives in memory and is gone after a restart.
"""
