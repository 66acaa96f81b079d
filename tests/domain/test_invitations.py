"""Links of invitations (settled: link tokens)."""

from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from resolvers.invitations import Invitations, Invited

PAGES = {Invited.CUSTOMER: "https://a.example/invitation", Invited.RESELLER: "https://a.example/partnership"}
OLD, NEW = "o" * 40, "n" * 40


def invitations(*keys: str) -> Invitations:
    return Invitations(keys, PAGES, timedelta(days=90))


@given(st.uuids(), st.sampled_from(Invited))
def test_a_token_names_its_invitation_and_serves_its_purpose_only(key: UUID, invited: Invited):
    ours = invitations(NEW)
    token = ours.token(invited, key)
    assert ours.read(invited, token) == key
    (other,) = set(Invited) - {invited}
    assert ours.read(other, token) is None
    assert ours.link(invited, key) == f"{PAGES[invited]}?token={token}"


@given(st.text())
def test_any_other_text_opens_nothing(text: str):
    assert invitations(NEW).read(Invited.CUSTOMER, text) is None


def test_keys_change_while_mails_are_on_their_way():
    key = uuid4()
    before = invitations(OLD).token(Invited.CUSTOMER, key)
    changed = invitations(NEW, OLD)
    assert changed.read(Invited.CUSTOMER, before) == key
    assert changed.token(Invited.CUSTOMER, key) != before
    # Once the old key is gone, so are its links.
    assert invitations(NEW).read(Invited.CUSTOMER, before) is None


@given(st.uuids(), st.data())
def test_a_changed_character_makes_it_another_text(key: UUID, data: st.DataObject):
    token = invitations(NEW).token(Invited.CUSTOMER, key)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(
        st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789-_.").filter(lambda one: one != token[place])
    )
    assert invitations(NEW).read(Invited.CUSTOMER, token[:place] + letter + token[place + 1 :]) is None
