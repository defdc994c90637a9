"""The figures of the report and of the score cards, drawn with matplotlib. Without torch.

A module draws one figure: its function `draw` takes study tables, labels and settings and returns
a `style.Drawing` (figure, plotted data, caption). `REPORT_FIGURES` declares the figure for the
report. `card` draws the figures of a score card, and `genotype` draws cells. `style` holds the
colours and the style of all figures; `style.save` writes a figure.
"""
