"""Score cards: one Markdown page per method that sums up its results. Without torch.

`card.write_card` writes a method's page and its figures from `evidence.Evidence`, the results that
exist so far. `inputs` lists the files that the cards are made from, for the workflow. Every other
module but `markdown` makes one section of the page.
"""
