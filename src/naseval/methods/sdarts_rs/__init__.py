"""SDARTS-RS (Chen and Hsieh, ICML 2020)."""
