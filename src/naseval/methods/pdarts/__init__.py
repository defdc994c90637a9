"""P-DARTS (Chen, Xie, Wu and Tian, ICCV 2019)."""
