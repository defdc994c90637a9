"""The section on datasets where runs were added in steps: where it stopped, and what that means."""

from naseval.analysis.stopping import NOTE, sentence
from naseval.cards.evidence import Evidence
from naseval.cards.markdown import escaped_labels


def section(evidence: Evidence, method: str) -> str:
    """Return the section as Markdown; empty if no dataset's runs are added in steps."""
    labels = escaped_labels(evidence.config.labels["datasets"])
    lines = [
        f"- {labels[dataset]}: {sentence(looks[-1]) if looks else 'not judged yet'}."
        for (dataset, name), looks in evidence.looks.items()
        if name == method
    ]
    return "\n".join([*lines, "", NOTE]) if lines else ""
