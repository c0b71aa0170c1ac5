"""ToyWorld: a small procedural world, drawn from ``(seed, index)`` and never stored.

``scene`` says what stands where, in metres; a view (``street``: as a camera on the road sees it,
``aerial``: as one high above it) draws that description; ``drawing`` and ``shading`` are what all
views share. People, hands and faces (``person``, ``hand``, ``face``) are painted with a ``brush`` in a
``room``; ``figure``, ``gesture`` and ``portrait`` draw two pictures of each, and a ``dancer`` moves to
``music``. Everything that is computed is integers, IEEE additions, products, quotients and square roots, so
that the same ``(seed, index)`` gives the same bytes on every machine (but for the last bits of sound).
"""
