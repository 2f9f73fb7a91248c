"""The rules of the house, pure: frozen values in, frozen values out; time and chance are given; amounts are fen.

Standard library only, so that central and an offline handheld price the same bill the same way.
"""
