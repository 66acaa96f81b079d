"""A bookshop of authors, books and publishers, to drive the execution room with words that are none of Clientela's."""
