"""Datasets: archives, splits, images, transforms and batches.

`sources` and `formats` read the archives that `archives` fetches and verifies. `store`, `splits`
and `channels` write and read the files of a dataset. `training_data` has `TrainingData`,
`load_search_data` and `load_augmentation_data`, the images that searches and augmentations use.
"""
