"""An empty sandbox filled with made-up matters."""
