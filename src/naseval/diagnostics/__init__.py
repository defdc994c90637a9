"""Measurements that explain a method without being part of it."""
