"""A checkout of this workflow where Snakemake reads it out of a git repository.

Snakemake reads single files out of `git+file://` or `github(...)`; planning and jobs need the whole
package, at the same commit.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from git import Repo
from snakemake.sourcecache import HostingProviderFile, LocalGitFile, LocalSourceFile


def check_out(origin, reference):
    """Return the folder of a clone of a repository, below .snakemake, at a tag, branch or commit."""
    commit = origin.commit(reference).hexsha
    folder = Path(".snakemake/naseval", commit).absolute()
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent) as temporary:
            made = Path(temporary, "clone")
            clone = Repo.clone_from(origin.git_dir, made, no_checkout=True)
            clone.git.checkout("--detach", commit)
            try:
                os.rename(made, folder)
            except OSError:
                if not folder.is_dir():  # else another process was faster
                    raise
    return folder


def find_checkout(rules):
    """Return the folder of the project, from the source of the folder of its rule files."""
    if isinstance(rules, LocalSourceFile):
        return Path(rules.get_path_or_uri(secret_free=True)).parent.parent
    if isinstance(rules, LocalGitFile):
        return check_out(Repo(rules.repo_path), rules.ref)
    if isinstance(rules, HostingProviderFile):
        return check_out(rules.hosted_repo.repo, rules.ref)
    sys.exit(
        f"the workflow cannot be read from {rules}: name a clone, git+file:// or github(...)"
    )


CHECKOUT = find_checkout(workflow.current_basedir)
