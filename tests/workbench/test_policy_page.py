"""A policy as a page for a review meeting holds every paragraph, reading and defect, and runs no script."""

from pathlib import Path

import pytest
from markupsafe import escape

from auditor.errors import AuditorError
from auditor.places import configs_folder
from auditor.policy import load_rule_book
from auditor.workbench.defects import find_defects
from auditor.workbench.policy_page import policy_html, write_policy_page


def test_the_page_leaves_nothing_of_the_policy_out() -> None:
    book = load_rule_book("pacificsource-ino", configs_folder())
    policy, text = book.policies[0], policy_html(book)
    for criterion in policy.walk():
        assert f"<strong>{criterion.key}</strong> {escape(criterion.statement)}" in text
    for reading in policy.readings.values():
        assert str(escape(reading.why)) in text
    for defect in find_defects(book, policy):
        assert str(escape(defect.says)) in text
        assert str(escape(defect.example)) in text
    assert "<script" not in text
    assert "Decided at this review" in text


def test_a_page_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(AuditorError, match="--html"):
        write_policy_page(load_rule_book("pacificsource-ino", configs_folder()), tmp_path / "no" / "page.html")
