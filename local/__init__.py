"""Run everything on one machine: embedded database and queue, browser finder, supervisor."""
