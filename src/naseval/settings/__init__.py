"""Typed settings that several packages share, without torch.

`dataset` has `Dataset`, `ImageSettings`, `Split` and `Channels`; `protocol` has `Protocol`; `base`
has the optimizers and the base classes `SearchSettings` and `StudySettings`; `published` has the
authors' numbers; `validation` turns errors into sentences. The settings of a method or a study are
in its own folder or module.
"""
