"""Places: the street, its communities and villages, compounds, grids, groups of households, and meeting places.

Words: a *place* (地点) of some kind stands under its parent; its *path* names every place above it. A *spot* is where
people meet or collect things.
"""
