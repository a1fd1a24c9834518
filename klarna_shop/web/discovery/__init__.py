"""What crawlers, feed readers and phones ask for by itself: sitemap, robots file, feeds, web manifests.

Made once when the app is put together, from the articles in memory and the public address of the settings.
Nothing in here ever reads an article's text beyond its teaser. Imported by the assembly of the app alone.
"""

from klarna_shop.web.discovery.routes import discovery_routes

__all__ = ["discovery_routes"]
