"""Documents kept by their text, with their plans: a client sends the same few all day."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from graphql import GraphQLSchema

from execution.documents import Document, read_document
from execution.limits import Limits

MOST_PLANS_A_DOCUMENT = 100
BYTES_A_PART = 25_000
"""What a plan takes for each of its generated functions, its statement included; measured at 20 to 30 thousand."""


class DocumentCache:
    """Two queues, bounded by the memory that documents and their plans hold.

    Texts that came once wait in a queue of their own, a quarter of the whole: a flood of them pushes out one another,
    never the documents that come again.

    Attributes:
        hits: How often a text was found.
        misses: How often one was parsed.
        evicted: How many documents had to go.
    """

    def __init__(self, schema: GraphQLSchema, limits: Limits, *, bytes_held: int) -> None:
        self.hits = self.misses = self.evicted = 0
        self._schema = schema
        self._limits = limits
        self._once = _Queue(bytes_held // 4)
        self._again = _Queue(bytes_held - bytes_held // 4)

    def get(self, text: str) -> Document:
        """The document for a text; parsed and validated once."""
        document = self._again.find(text)
        if document is not None:
            self.hits += 1
            return document
        document = self._once.take(text)
        if document is not None:
            self.hits += 1
            document.kept = True
            self.evicted += self._again.put(text, document)
            return document
        self.misses += 1
        document = read_document(self._schema, text, self._limits)
        self.evicted += self._once.put(text, document)
        return document

    def keep_plan(self, document: Document, key: Hashable, plan: Any, parts: int) -> None:  # noqa: ANN401 - of any kind
        """Keeps a plan with its document, where that is still kept.

        Args:
            document: One that came again.
            key: What the plan is good for.
            plan: The plan.
            parts: How many functions were generated for it.
        """
        if not document.kept:
            return
        more = BYTES_A_PART * parts
        if len(document.plans) >= MOST_PLANS_A_DOCUMENT:
            document.plans.clear()
            more -= document.weight_of_plans
        document.plans[key] = plan
        document.weight_of_plans += more
        self.evicted += self._again.grow(document, more)

    @property
    def bytes_held(self) -> int:
        """The memory that is held now."""
        return self._once.held + self._again.held


class _Queue:
    """The most recently used documents, as many as fit."""

    def __init__(self, most: int) -> None:
        self.held = 0
        self._most = most
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def find(self, text: str) -> Document | None:
        document = self._documents.get(text)
        if document is not None:
            self._documents.move_to_end(text)
        return document

    def take(self, text: str) -> Document | None:
        document = self._documents.pop(text, None)
        if document is not None:
            self.held -= document.weight
        return document

    def put(self, text: str, document: Document) -> int:
        self._documents[text] = document
        return self._let_go(document.weight)

    def grow(self, document: Document, more: int) -> int:
        document.weight += more
        return self._let_go(more)

    def _let_go(self, more: int) -> int:
        self.held += more
        gone = 0
        while self.held > self._most and self._documents:
            _, oldest = self._documents.popitem(last=False)
            self.held -= oldest.weight
            oldest.kept = False
            gone += 1
        return gone
