"""Mistakes in the outline of a policy: paragraphs that stand twice, groups of one, references that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.mistakes import Mistake, did_you_mean
from auditor.policy.documents import Documents
from auditor.policy.model import CONSEQUENCES, CRITERION_KINDS, FINDING_ROLES, ROUTES
from auditor.policy.paragraphs import GROUPS, consequences, keys, kinds, name_list, paragraphs
from auditor.yaml_lines import Block


def revisions_at_odds(documents: Documents) -> Iterator[Mistake]:
    """Two revisions of one policy that begin on one day, or files that belong to different policies."""
    first = documents.policies[0]
    begun: dict[object, str] = {}
    for policy in documents.policies:
        if policy["policy"] != first["policy"]:
            yield policy.mistake("policy", f"this is {policy['policy']} beside {first['policy']}. Name the file after its policy.")
        day = policy["effective"]
        if day in begun:
            yield policy.mistake("effective", f"{begun[day]} takes effect on {day} too. Give each revision a day of its own.")
        begun.setdefault(day, policy.file)


def reviewed_before_it_began(documents: Documents) -> Iterator[Mistake]:
    """A review date that lies before the policy takes effect."""
    for policy in documents.policies:
        if policy.get("review_by") and policy["review_by"] < policy["effective"]:
            yield policy.mistake("review_by", f"review_by {policy['review_by']} lies before effective {policy['effective']}.")


def repeated_paragraphs(documents: Documents) -> Iterator[Mistake]:
    """One paragraph number in two places of the outline."""
    for policy in documents.policies:
        lines: dict[str, int] = {}
        for group, key, _ in paragraphs(policy):
            if key in lines:
                yield group.mistake(key, f"{key} was written on line {lines[key]} already. Give this paragraph a number of its own.")
            lines.setdefault(key, group.lines[key])


def not_one_kind(documents: Documents) -> Iterator[Mistake]:
    """A criterion that asks in several ways, or in none."""
    for policy in documents.policies:
        for group, key, block in paragraphs(policy):
            if len(kinds(block)) != 1:
                found = " and ".join(kinds(block)) or "none"
                yield group.mistake(key, f"{key} needs exactly one of {', '.join(CRITERION_KINDS)}; it has {found}.")


def keys_without_effect(documents: Documents) -> Iterator[Mistake]:
    """``from_hour`` on what is not asked each day, or ``overridden_by`` on what is no exclusion."""
    for policy in documents.policies:
        exclusions = policy.get("experimental", {})
        for _, key, block in paragraphs(policy):
            if "from_hour" in block and "each_day" not in block:
                yield block.mistake("from_hour", f"{key} has a from_hour, and is not asked each day. Leave it out.")
            if "overridden_by" in block and key not in exclusions:
                yield block.mistake("overridden_by", f"{key} is no exclusion, and cannot be overridden. Leave it out.")


def groups_of_one(documents: Documents) -> Iterator[Mistake]:
    """An ``all_of`` or ``any_of`` with fewer than two members."""
    for policy in documents.policies:
        for _, key, block in paragraphs(policy):
            for kind in GROUPS:
                if kind in block and len(block[kind] or ()) < 2:
                    yield block.mistake(kind, f"{key} has an {kind} of fewer than two. Ask its member directly, or add the other.")


def lost_references(documents: Documents) -> Iterator[Mistake]:
    """A ``same_as`` or a role that names a paragraph the outline does not have; a missing initiation."""
    for policy in documents.policies:
        known = keys(policy)
        for _, key, block in paragraphs(policy):
            if "same_as" in block and block["same_as"] not in known:
                yield block.mistake("same_as", f"{key} is the same as {block['same_as']}, {_no_paragraph(block['same_as'], known)}")
        if "initiation" not in policy["roles"]:
            yield policy.mistake("roles", "roles lacks initiation: name the paragraph on which starting therapy rests.")
        for role, named in policy["roles"].items():
            for name in name_list(named):
                if name not in known:
                    yield policy["roles"].mistake(role, f"{role} names {name}, {_no_paragraph(name, known)}")


def roles_without_a_question(documents: Documents) -> Iterator[Mistake]:
    """A role of a finding given to a group, or a population that stands under no pathway."""
    for policy in documents.policies:
        roles = policy["roles"]
        blocks = {key: block for _, key, block in paragraphs(policy)}
        inside = {key for path in name_list(roles.get("pathways")) for key in _closure(path, members(policy))}
        for role in FINDING_ROLES:
            for name in (name for name in name_list(roles.get(role)) if name in blocks):
                if "when" not in blocks[name]:
                    yield roles.mistake(role, f"{role} names {name}, which asks no fact itself. Name the paragraph with the when.")
                if role == "population" and name not in inside:
                    yield roles.mistake(role, f"{role} names {name}, which stands under none of the pathways. Whom would it be for?")


def members(policy: Block) -> dict[str, set[str]]:
    """The paragraphs directly below each, by its key."""
    return {key: {member for kind in GROUPS for member in block.get(kind) or ()} for _, key, block in paragraphs(policy)}


def _no_paragraph(name: str, known: set[str]) -> str:
    return f"which is no paragraph of this policy.{did_you_mean(name, known)}"


def circular_references(documents: Documents) -> Iterator[Mistake]:
    """A ``same_as`` that comes back to itself."""
    for policy in documents.policies:
        reached = {key: _reached_from(block) for _, key, block in paragraphs(policy)}
        for _, key, block in paragraphs(policy):
            if "same_as" in block and key in _closure(key, reached):
                yield block.mistake("same_as", f"{key} is the same as {block['same_as']}, which comes back to {key}. Break the circle.")


def _reached_from(block: Block) -> set[str]:
    """The paragraphs whose outcome this one needs directly."""
    members = {key for kind in GROUPS for key in block.get(kind) or ()}
    return members | ({block["same_as"]} if "same_as" in block else set())


def _closure(start: str, reached: Mapping[str, set[str]]) -> set[str]:
    """Every paragraph that can be reached from one by members and ``same_as``, in one step or many."""
    found: set[str] = set()
    frontier = set(reached.get(start, ()))
    while frontier:
        found |= frontier
        frontier = {key for each in frontier for key in reached.get(each, ())} - found
    return found


def unknown_consequences(documents: Documents) -> Iterator[Mistake]:
    """A consequence that is no known one, nor a reading all of whose choices are."""
    for policy in documents.policies:
        readings = policy.get("readings", {})
        for key, block in consequences(policy):
            then = block["then"]
            if then not in readings and then not in CONSEQUENCES:
                hint = did_you_mean(then, [*CONSEQUENCES, *readings])
                yield block.mistake("then", f"{key} leads to {then}, which is no consequence and no reading.{hint}")
            for choice in _choices(readings[then]) if then in readings else []:
                if choice not in CONSEQUENCES:
                    hint = did_you_mean(choice, CONSEQUENCES)
                    yield block.mistake("then", f"{key} leads to {then}, which can be {choice}: no consequence.{hint}")


def unknown_routes(documents: Documents) -> Iterator[Mistake]:
    """A line of business with no known route, or a state and line that two entries claim."""
    for policy in documents.policies:
        readings, seen = policy.get("readings", {}), set()
        for block in policy["lines_of_business"]:
            route = block["route"]
            for choice in _choices(readings[route]) if route in readings else [route]:
                if choice not in ROUTES:
                    hint = did_you_mean(choice, [*ROUTES, *readings])
                    yield block.mistake("route", f"{block['line']} goes by {choice}, which is no route and no reading.{hint}")
            for state in block["states"]:
                if (block["line"], state) in seen:
                    yield block.mistake("line", f"{block['line']} in {state} was routed above already. Keep one of them.")
                seen.add((block["line"], state))


def _choices(reading: Block) -> list[object]:
    """Every word a reading can come to."""
    return list(reading.get("choices") or [reading["value"]])


def unknown_paragraphs(documents: Documents) -> Iterator[Mistake]:
    """A citation of something that is neither a paragraph nor a section of the policy."""
    for policy in documents.policies:
        known = keys(policy) | set(policy.get("sections", ()))
        for block in [*policy["lines_of_business"], *policy.get("not_automated", [])]:
            name = block["paragraph"]
            if name not in known:
                hint = did_you_mean(name, known)
                yield block.mistake("paragraph", f"{name} is neither a paragraph nor one of the sections of this policy.{hint}")
