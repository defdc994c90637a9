"""Readers of archive formats: CIFAR pickles, IDX, and photographs in tar or RAR archives."""
