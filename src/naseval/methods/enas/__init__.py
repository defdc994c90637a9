"""ENAS (Pham et al., ICML 2018)."""
