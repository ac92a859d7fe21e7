"""Vectors of 04 for the tree of leaves, and for what lies on the shelf."""

from __future__ import annotations

from tests.reference import merkle
from tests.reference.case import Copy, Fields, bad, flipped, good, pick, refusal_of
from tests.reference.prekeys import (
    accept_manifest,
    publish,
    shelve_leaf,
    shelve_manifest,
    unshelve_leaf,
    unshelve_manifest,
)
from tests.reference.primitives import NO_SALT, kdf
from tests.reference.refusal import AUTHENTICATION, RefusedError
from tests.reference.writers.cast import GENERATION, NOW, Published, person, published


def _node(number: int) -> bytes:
    return pick(f"04/node/{number}", 32)


def tree_tests() -> list[Fields]:
    """Roots and paths for several counts of leaves."""
    tests = []
    for count in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 64, 100, 256):
        nodes = [_node(i) for i in range(count)]
        root = merkle.root(nodes)
        positions = range(count) if count < 10 else (0, 1, count // 2, count - 1)
        paths = [{"position": i, "path": merkle.path(nodes, i)} for i in positions]
        for position in positions:
            if merkle.climb(nodes[position], position, count, merkle.path(nodes, position)) != root:
                raise AssertionError
        fields = {"nodes": nodes, "root": root, "paths": paths}
        tests.append(good(f"tree/{count}", "`nodes` are hashes of leaves", op="tree", **fields))
    return tests


def bad_paths() -> list[Fields]:
    """Leaves that do not hash up to the root."""
    bob = published("bob")
    nodes = bob.nodes()
    path = merkle.path(nodes, 1)
    last = merkle.path(nodes, 4)
    faults = {
        "sibling": ("one bit of a sibling", 1, 5, [flipped(path[0], 0), *path[1:]]),
        "order": ("siblings in the wrong order", 1, 5, path[::-1]),
        "short": ("a sibling less", 1, 5, path[:-1]),
        "long": ("a sibling more", 1, 5, [*path, bytes(32)]),
        "none": ("no sibling", 1, 5, []),
        "position": ("another position", 0, 5, path),
        "beyond": ("a position that the tree does not have", 5, 5, path),
        "count": ("another count", 1, 4, path),
        "last-long": ("the last leaf with the path of a full tree", 4, 5, [bytes(32), bytes(32), *last]),
        "empty-tree": ("a leaf of no leaves", 0, 0, []),
    }
    tests = []
    for name, (comment, position, count, siblings) in faults.items():
        manifest = bob.body._replace(leaf_count=count)
        node = nodes[1 if position < 4 else 4]
        root = bytes(32) if count == 0 else manifest.leaf_root
        if not _refused(node, position, count, (siblings, root)):
            raise AssertionError(name)
        fields = {"node": node, "position": position, "count": count, "path": siblings, "root": root}
        tests.append(bad(f"path/{name}", AUTHENTICATION, comment, op="path", **fields))
    return tests


def _refused(node: bytes, position: int, count: int, proof: tuple[list[bytes], bytes]) -> bool:
    try:
        return merkle.climb(node, position, count, proof[0]) != proof[1]
    except RefusedError as refused:
        return refused.kind == AUTHENTICATION


def leaf_tests() -> list[Fields]:
    """The hashes of whole leaves."""
    bob = published("bob")
    return [
        good(f"leaf/{leaf.leaf_id}", "HS-2", op="leaf", **leaf._asdict(), node=leaf.node())
        for leaf in bob.leaves[:2]
    ]


def shelf_tests() -> list[Fields]:
    """Sealed manifests and leaves."""
    bob = published("bob")
    shelf, nonce = bob.shelf, pick("04/shelf/nonce", 24)
    sealed = shelve_manifest(shelf, GENERATION, bob.manifest, nonce)
    place = {"shelf": shelf, "generation": GENERATION}
    keys = {
        "manifest_key": kdf(NO_SALT, shelf, b"shelf/manifest", 32),
        "leaf_key": kdf(NO_SALT, shelf, b"shelf/leaf", 32),
    }
    tests = [
        good(
            "shelf/manifest",
            "HS-4",
            op="shelf_manifest",
            **place,
            nonce=nonce,
            manifest=bob.manifest,
            sealed=sealed,
            **keys,
        )
    ]
    for name, change, raw in (
        ("manifest-generation", {"generation": GENERATION + 1}, sealed),
        ("manifest-shelf", {"shelf": flipped(shelf, 0)}, sealed),
        ("manifest-tag", {}, flipped(sealed, -1)),
        ("manifest-short", {}, sealed[:39]),
    ):
        fields = {**place, **change}
        kind = _shelf_refusal(fields, raw)
        tests.append(
            bad(f"shelf/{name}", kind, "not what was put there", op="shelf_manifest", **fields, sealed=raw)
        )
        if raw == sealed:
            tests[-1]["sealed"] = Copy("shelf/manifest")
    return tests + _leaves(bob)


def _shelf_refusal(fields: Fields, raw: bytes) -> str:
    shelf, generation = fields["shelf"], fields["generation"]
    if not isinstance(shelf, bytes) or not isinstance(generation, int):
        raise TypeError
    return refusal_of(lambda: unshelve_manifest(shelf, generation, raw))


def _leaves(bob: Published) -> list[Fields]:
    tests = []
    nodes = bob.nodes()
    sealed = []
    for position, leaf in enumerate(bob.leaves):
        path, nonce = merkle.path(nodes, position), pick(f"04/leaf/{position}", 24)
        raw = shelve_leaf(bob.shelf, (GENERATION, position), leaf, (path, nonce))
        sealed.append(raw)
        if unshelve_leaf(bob.shelf, (GENERATION, position), raw, bob.body) != leaf:
            raise AssertionError
        place = {"shelf": bob.shelf, "generation": GENERATION, "position": position}
        if position in {0, 4}:
            comment = "HS-4, HS-5: opens, and hashes up to the root of the manifest in shelf/manifest"
            fields = {**place, "nonce": nonce, **leaf._asdict(), "path": path, "sealed": raw}
            tests.append(good(f"shelf/leaf-{position}", comment, op="shelf_leaf", **fields))
    other = merkle.Leaf(bob.leaves[0].leaf_id, bob.leaves[1].x25519, bob.leaves[0].kem)
    path, nonce = merkle.path(nodes, 0), pick("04/leaf/hostile", 24)
    forged = shelve_leaf(bob.shelf, (GENERATION, 0), other, (path, nonce))
    nine = shelve_leaf(bob.shelf, (GENERATION, 0), bob.leaves[0], ([*path, *[bytes(32)] * 6], nonce))
    swaps = {
        "moved": ("served at another position", 1, sealed[0]),
        "swapped": ("another X25519 key than the root holds", 0, forged),
        "path-9": ("a path of nine, which no tree has", 0, nine),
        "tag": ("one bit of the tag", 0, flipped(sealed[0], -1)),
    }
    for name, (comment, position, raw) in swaps.items():
        kind = refusal_of(
            lambda raw=raw, position=position: unshelve_leaf(bob.shelf, (GENERATION, position), raw, bob.body)
        )
        fields = {"shelf": bob.shelf, "generation": GENERATION, "position": position, "sealed": raw}
        tests.append(bad(f"shelf/leaf-{name}", kind, comment, op="shelf_leaf", **fields))
    return [*tests, *_bad_leaves(bob)]


def _bad_leaves(bob: Published) -> list[Fields]:
    """Leaves with a bad key or id that their owner put under the root of a manifest, like the good one."""
    good_leaf = bob.leaves[0]
    top = bytes([good_leaf.x25519[31] | 128])
    leaves = {
        "good": ("well made", good_leaf),
        "low-order": ("an X25519 key of low order", good_leaf._replace(x25519=bytes(32))),
        "high": (
            "an X25519 key that is not canonical",
            good_leaf._replace(x25519=good_leaf.x25519[:31] + top),
        ),
        "mlkem": ("an ML-KEM key not reduced", good_leaf._replace(kem=b"\xff\xff" + good_leaf.kem[2:])),
        "id-0": ("an id below the range", good_leaf._replace(leaf_id=0)),
    }
    nodes = [leaf.node() for _, leaf in leaves.values()]
    body = bob.body._replace(leaf_count=len(nodes), leaf_root=merkle.root(nodes))
    manifest = publish(person("bob").device, body)
    account, _, _ = accept_manifest(manifest, NOW)
    fields: Fields = {"op": "manifest", "manifest": manifest, "now": NOW, "account_id": account}
    tests = [good("manifest/bad-leaves", "accepted: nobody sees its leaves yet", **fields)]
    for position, (name, (comment, leaf)) in enumerate(leaves.items()):
        path, nonce = merkle.path(nodes, position), pick(f"04/bad leaf/{name}", 24)
        raw = shelve_leaf(bob.shelf, (GENERATION, position), leaf, (path, nonce))
        fields = {"op": "shelf_leaf", "manifest": Copy("manifest/bad-leaves"), "shelf": bob.shelf}
        fields |= {"generation": GENERATION, "position": position, "sealed": raw}
        if leaf is good_leaf:
            fields |= {"nonce": nonce, **leaf._asdict(), "path": path}
            tests.append(good(f"shelf/leaf-under-root-{name}", comment, **fields))
            continue
        kind = refusal_of(
            lambda raw=raw, position=position: unshelve_leaf(bob.shelf, (GENERATION, position), raw, body)
        )
        tests.append(bad(f"shelf/leaf-under-root-{name}", kind, f"{comment}, under the root", **fields))
    return tests
