"""One process per training, per device and per folder: locks, leases, jobs left running."""
