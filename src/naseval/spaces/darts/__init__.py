"""The space of DARTS, StacNAS and MANAS."""
