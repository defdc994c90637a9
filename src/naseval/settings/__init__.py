"""Typed settings, without torch: what a method or a protocol may be told.

Every method has one module here, named like the method, with a class `Settings`.
"""
