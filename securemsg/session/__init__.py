"""Sessions with one peer device: a book of them, in an order that both sides know without talking.

`sending.begin` and `sending.seal`, `receiving.open_message` and `receiving.accept_opening`
step a `book.Book`; `book.changes` tells a store what to write; `records` has the bytes.
Everything is a value: a refused envelope changes nothing.
"""
