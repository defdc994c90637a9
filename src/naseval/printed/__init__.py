"""Genotypes as papers and programs print them: read from texts and files, never evaluated.

`literals` divides a text into genotypes, `reading` reads files and folders of them for a space, and
`catalogue` has the cells that papers print, `cells.yaml`. Without torch.
"""
