"""Compares credentials with the templates that came of them, triple by triple.

    again.py SHAPES FILES

SHAPES is the folder with the shapes and the context of European Digital Credentials. FILES is a folder with pairs:
NAME.before.json, a credential, and NAME.after.json, the template that our own format gave back for it; where a credential
makes several templates, NAME is followed by a number: NAME.after.2.json.

Both become triples by expansion with PyLD; a key that no context knows counts as a property all the same. Nodes without an address are known by all that is said of them. What may be
missing is listed here by name, and nothing else may: the learner, the seal, the drawn page, and the dates and numbers of one
credential.
"""

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

from pyld import jsonld

from elm import EDC_CONTEXT, VC_CONTEXT, loader

CONCEPT = "http://www.w3.org/2004/02/skos/core#Concept"

# Keys of a credential that another one of its kind does not share, and why.
SEAL = {"proof", "cred:proof", "sec:proof"}
DISPLAY = {"individualDisplay", "summaryDisplay"}
ISSUING = {"issued", "issuanceDate", "awardingDate", "validFrom", "validUntil", "expirationDate"}
GRADE = {"grade", "shortenedGrading", "entitledPerson"}
OF_ONE = {"id", "identifier", "credentialStatus", "holder"}


def lasting(value, counts, where=""):
    """The credential without what is another one's; counts what was left out."""
    if isinstance(value, list):
        return [lasting(item, counts, where) for item in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, inner in value.items():
        if key == "eIDASIdentifier" and "${" in json.dumps(inner):
            counts["placeholder"] += 1
        elif key in SEAL:
            counts["seal"] += 1
        elif key in DISPLAY:
            counts["display"] += 1
        elif key in ISSUING:
            counts["date"] += 1
        elif where.startswith("/credentialSubject") and key in GRADE:
            counts["grade"] += 1
        elif where == "" and key in OF_ONE:
            counts["number"] += 1
        elif where == "/credentialSubject" and key not in ("hasClaim", "type"):
            counts["learner"] += 1
        else:
            out[key] = lasting(inner, counts, f"{where}/{key}")
    return out


def triples_of(documents, known):
    """All triples; a node whose address the credential does not know is known by what is said of it."""
    graph = {}
    for number, document in enumerate(documents):
        dataset = jsonld.to_rdf(with_every_key(document))
        for name, graph_triples in dataset.items():
            assert name == "@default", name
            for triple in graph_triples:
                subject, predicate, found = (triple[key] for key in ("subject", "predicate", "object"))
                own = lambda term: f"{number}{term['value']}" if term["type"] == "blank node" else term["value"]
                is_node = found["type"] != "literal"
                literal = (found["value"], found.get("language", "").lower(), found.get("datatype", ""))
                graph.setdefault(own(subject), set()).add((predicate["value"], own(found) if is_node else literal))
    names = {}

    def name(node, around=()):
        if node in known or node not in graph:
            return node
        if node in around:
            return "around"
        if node not in names:
            said = sorted({repr((predicate, term(found, around + (node,)))) for predicate, found in graph[node]})
            names[node] = "_:" + hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
        return names[node]

    def term(found, around=()):
        return found if isinstance(found, tuple) else name(found, around)

    found = set()
    for node, said in graph.items():
        found |= {(name(node), predicate, term(value)) for predicate, value in said}
    return found


def ids(value):
    if isinstance(value, list):
        return set().union(*map(ids, value)) if value else set()
    if isinstance(value, dict):
        own = {value["id"]} if isinstance(value.get("id"), str) else set()
        return own.union(*map(ids, value.values()))
    return set()


def with_every_key(document):
    """The document with a property for keys that nobody has defined."""
    contexts = document.get("@context", [VC_CONTEXT, EDC_CONTEXT])
    contexts = contexts if isinstance(contexts, list) else [contexts]
    return document | {"@context": [{"@vocab": "urn:key:"}, *contexts]}


def main(shapes, files):
    jsonld.set_document_loader(loader(shapes))
    left_out, missing, invented, total, judged = Counter(), [], Counter(), 0, 0
    for path in sorted(files.glob("*.before.json")):
        name = path.name.removesuffix(".before.json")
        before = json.loads(path.read_text(encoding="utf-8"))
        after = [json.loads(other.read_text(encoding="utf-8")) for other in sorted(files.glob(f"{name}.after*.json"))]
        counts = Counter()
        before = lasting(before, counts)
        left_out += counts
        nothing = Counter()
        after = [lasting(document, nothing) for document in after]
        known = ids(before)
        wanted, got = triples_of([before], known), triples_of(after, known)
        judged += 1
        total += len(wanted)
        missing += [f"{name}: {triple}" for triple in sorted(map(repr, wanted - got))]
        concepts = {subject for subject, predicate, found in wanted if found == CONCEPT}
        published = {subject for subject, predicate, found in got if found == CONCEPT}
        extra = {triple for triple in got - wanted if triple[0] not in concepts | published}
        invented[name] = len(extra)
        if len(extra):
            print(f"{name}: {len(extra)} triples more: {sorted(map(repr, extra))}")
    listed = ", ".join(f"{number} {kind}" for kind, number in sorted(left_out.items()))
    print(f"{judged} credentials, {total} triples, {len(missing)} missing, {sum(invented.values())} more; left out: {listed}")
    print("\n".join(missing[:80]))
    return 1 if missing or not total else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
