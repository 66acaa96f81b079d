"""Documents that are made to cost much: each is refused for little, and others are served (issue 5, attack tests)."""

import pytest

from tests.attacks.victim import Victim, slowness

MOST_CPU_SECONDS = 0.2 * slowness()
DOUBLING = " ".join(f"fragment F{level} on Query {{ ...F{level + 1} ...F{level + 1} }}" for level in range(25))
DEEP = " ".join(f"fragment F{level} on Query {{ ...F{level + 1} }}" for level in range(400))
CYCLES = " ".join(f"fragment A{n} on Query {{ ...A{(n + 1) % 200} ...A0 }}" for n in range(200))
CUSTOMERS = "customers(first: 500) { nodes { "
WORDS = " ".join(f"@skip(if: false) @include(if: true) @nonsense{n}" for n in range(400))

ATTACKS = {
    "a thousand aliases": "{ " + " ".join(f"a{n}: __typename" for n in range(1000)) + " }",
    "a thousand aliases below": "{ viewer { " + " ".join(f"a{n}: name" for n in range(1000)) + " } }",
    "2^25 spreads": f"{{ ...F0 }} {DOUBLING} fragment F25 on Query {{ viewer {{ name }} }}",
    "fragments in fragments": f"{{ ...F0 }} {DEEP} fragment F400 on Query {{ __typename }}",
    "inline fragments": "{ " + "... on Query { " * 1200 + "__typename" + " }" * 1200 + " }",
    "a cycle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...C ...A } fragment C on Query { ...A }",
    "many cycles": f"{{ ...A0 }} {CYCLES}",
    "directives": f"{{ __typename {WORDS} }}",
    "10 000 fields alike": "{ " + "__typename " * 10_000 + "}",
    "2 000 fields alike": "{ viewer { " + "name " * 1_900 + "} }",
    "fields that conflict": "{ " + "viewer { a: name } viewer { a: kind } " * 20 + "}",
    "unknown fields": "{ viewer { " + " ".join(f"nama{n}" for n in range(1_500)) + " } }",
    "unknown types": " ".join(f"fragment T{n} on Custommer{n} {{ id }}" for n in range(700)) + " { __typename }",
    "depth": "{ " + "viewer { customer { " * 300 + "id" + " } }" * 300 + " }",
    "lists in lists": f"{{ {CUSTOMERS}{CUSTOMERS.replace('customers', 'subscriptions')} id }} }} }} }} }}",
    "introspection": "{ __schema { types " + "{ fields { type " * 8 + "{ name }" + " } }" * 8 + " } }",
    "operations": " ".join(f"query Q{n} {{ __typename }}" for n in range(1_000)),
    "a long name": "{ " + "a" * 900_000 + " }",
    "a long text": '{ node(id: "' + "x" * 900_000 + '") { id } }',
    "comments": "{ __typename }" + "#\n" * 400_000,
    "commas": "{ __typename " + "," * 900_000 + "}",
    "variables that are not used": f"query ({', '.join(f'$v{n}: Int' for n in range(1_000))}) {{ __typename }}",
    "arguments": "{ customers(" + ", ".join(f"a{n}: 1" for n in range(1_200)) + ") { totalCount } }",
    "an object in objects": "{ customers(filter: " + "{ a: " * 1_000 + "1" + " }" * 1_000 + ") { totalCount } }",
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_it_is_refused_for_little(victim: Victim, name: str):
    document = ATTACKS[name]
    before = await victim.settled()
    response = await victim.sends(document)
    spent = await victim.settled() - before
    answer = response.json()
    assert "errors" in answer, response.text[:300]
    assert "INTERNAL" not in response.text
    assert len(response.content) < 20_000
    assert spent < MOST_CPU_SECONDS
    await victim.serves()


async def test_a_flood_of_bombs_does_not_grow_the_process_and_others_are_served(victim: Victim):
    """Each text is another one, so that nothing is answered from what is kept."""
    for number in range(20):
        await victim.sends(f"{ATTACKS['2^25 spreads']} # {number}")
    held, before = victim.resident_bytes(), await victim.settled()
    for number in range(100):
        await victim.sends(f"{ATTACKS['2^25 spreads']} # again {number}")
        if number % 10 == 0:
            await victim.serves()
    assert await victim.settled() - before < 10 * MOST_CPU_SECONDS
    assert victim.resident_bytes() < held + 20_000_000
