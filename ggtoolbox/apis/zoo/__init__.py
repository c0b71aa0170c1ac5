"""Models by name: metafiles, weights, and the page of them."""
