"""What codes of X12 mean to the audit, read from configs/x12.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property

from pydantic import BaseModel, ConfigDict, ValidationError

from auditor.errors import SettingsRefused
from auditor.places import configs_folder
from auditor.yaml_lines import read_text_yaml


class Words(BaseModel):
    """The file's lists: words of the contract, and their codes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    guides: Mapping[str, str]
    claim_filing: Mapping[str, tuple[str, ...]]
    contracts: Mapping[str, str]
    remittances: Mapping[str, tuple[str, ...]]
    superseding: tuple[str, ...]

    @cached_property
    def lines_of_business(self) -> Mapping[str, str]:
        """The line of business of each claim filing indicator that says it."""
        return {code: word for word, codes in self.claim_filing.items() for code in codes}

    @cached_property
    def statuses(self) -> Mapping[str, str]:
        """What became of a claim, by its status in a remittance, where it was not paid."""
        return {code: word for word, codes in self.remittances.items() for code in codes}


@cache
def load_words() -> Words:
    """The words of ``configs/x12.yaml``; SettingsRefused where the file is not as it should be."""
    path = configs_folder() / "x12.yaml"
    try:
        return Words.model_validate(read_text_yaml(path))
    except ValidationError as mistakes:
        where = ".".join(str(part) for part in mistakes.errors()[0]["loc"])
        raise SettingsRefused(f"{path.name}: {where}: expected codes and words as the file describes them") from None
