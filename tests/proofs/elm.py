"""Judges exported ELM files with other people's tools: PyLD, rdflib, pySHACL and the published shapes.

    elm.py SHAPES FILES

SHAPES is the folder with the shapes of the European Learning Model. FILES is a folder with pairs:
NAME.loq.json or NAME.edc.json, the document, and NAME.loq.lost.json or NAME.edc.lost.json, what the conversion listed.
NAME.loq33.json is the same LOQ document in the namespaces of 3.3. NAME.edc.from.json is the credential that a template
comes from, where it comes from one: it is given back whole, so what is wrong with it stays wrong, and nothing else may be.

A document passes when it has a root of the right class, keeps every key through JSON-LD expansion, and violates the
shapes exactly where the conversion said that the format demands what the descriptor does not state. A validator that
finds nothing proves nothing; so the file `exemplary` is broken in known ways, and each of them must be found.
"""

import copy
import json
import logging
import re
import sys
from collections import Counter
from pathlib import Path

import pyshacl
from pyld import jsonld
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDF

ELM = Namespace("http://data.europa.eu/snb/model/elm/")
ONTOLOGY = "http://data.europa.eu/snb/model/ontology/"
ROV = Namespace("http://www.w3.org/ns/regorg#")
SH = Namespace("http://www.w3.org/ns/shacl#")
EDC_CONTEXT = "http://data.europa.eu/snb/model/context/edc-ap"
VC_CONTEXT = "https://www.w3.org/2018/credentials/v1"
# Nobody serves the contexts of the pilots; their keys are meant to be those of the published one.
PILOTS = {"https://ec.europa.eu/credentials/v1": "edc-ap-context.jsonld", "https://w3id.org/vc/status-list/2021/v1": None}
HERE = Path(__file__).parent

# Java lets a character class stand in a character class and a flag in the middle; Python does not.
JAVA = [
    ("[[A-Fa-f0-9]\\:\\.]", "[A-Fa-f0-9:.]"),
    ("[%[\\p{L}\\p{Nl}\\p{Nd}]]", "[%\\w]"),
    ("^(?i)", "(?i)^"),
]
DAY = "2027-06-01T00:00:00Z"
FILLED = {"uuid": "3ef0ac26-9a1f-41c6-871b-2b82e670907b", "dateOfBirth": DAY, "awardingDate": DAY}
FILLED |= {key: DAY for key in ("issued", "validFrom", "validUntil")}


def shapes_of(folder, names, switched_on=()):
    graph = Graph()
    for name in names:
        graph.parse(folder / name)
    for subject, pattern in list(graph.subject_objects(SH.pattern)):
        text = str(pattern)
        for java, python in JAVA:
            text = text.replace(java, python)
        re.compile(text)
        graph.remove((subject, SH.pattern, pattern))
        graph.add((subject, SH.pattern, Literal(text)))
    for name in switched_on:
        shapes = [shape for shape in graph.subjects(SH.deactivated, None) if local(shape) == name]
        assert shapes, f"no shape {name} is switched off"
        for shape in shapes:
            graph.remove((shape, SH.deactivated, None))
    return graph


class Kind:
    """One application profile."""

    def __init__(self, folder, name):
        self.name = name
        if name == "loq":
            files = ["LOQ-constraints.ttl", "LOQ-constraints-mdr.ttl"]
            self.shapes = shapes_of(folder, files, ["LearningAchievementSpecificationShape"])
        else:
            self.shapes = shapes_of(folder, ["EDC-generic-no-cv.ttl", "EDC-generic-full.ttl"])
        self.shapes.remove((None, URIRef("http://www.w3.org/2002/07/owl#imports"), None))

    def has_root(self, graph):
        specifications = set(graph.subjects(RDF.type, ELM.Qualification))
        specifications |= set(graph.subjects(RDF.type, ELM.LearningAchievementSpecification))
        if self.name == "loq":
            return len(specifications) == 1
        credentials = set(graph.subjects(RDF.type, ELM.EuropeanDigitalCredential))
        achievements = list(graph.subject_objects(ELM.specifiedBy))
        return len(credentials) == 1 and any(spec in specifications for _, spec in achievements)

    def violations(self, graph):
        conforms, report, text = pyshacl.validate(graph, shacl_graph=self.shapes, allow_warnings=True)
        found = set()
        for result in report.subjects(RDF.type, SH.ValidationResult):
            focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
            rule = local(report.value(result, SH.sourceConstraintComponent))
            classes = sorted(local(kind) for kind in graph.objects(focus, RDF.type)) or ["?"]
            kind = [name for name in classes if name != "VerifiableCredential"][0] if classes != ["VerifiableCredential"] else classes[0]
            found.add(f"{kind}.{local(path) if path else ''} {rule.removesuffix('ConstraintComponent')}")
        assert conforms == (not found), text
        return found


def local(iri):
    return re.split(r"[/#]", str(iri))[-1]


def loader(folder):
    known = {
        EDC_CONTEXT: folder / "edc-ap-context.jsonld",
        # The terms of the data model that a template uses; the full context is not needed to read them.
        VC_CONTEXT: HERE / "credentials-v1.jsonld",
    }

    known |= {url: name and folder / name for url, name in PILOTS.items()}

    def load(url, options=None):
        if url not in known:
            raise ValueError(f"{url} would need the network")
        text = known[url].read_text(encoding="utf-8") if known[url] else '{"@context": {}}'
        return {"contextUrl": None, "documentUrl": url, "document": json.loads(text), "contentType": "application/ld+json"}

    return load


def fill(text):
    return re.sub(r"\$\{([^}]+)\}", lambda found: FILLED.get(found[1], "filled"), text)


def keys(value):
    if isinstance(value, list):
        return sum(map(keys, value), Counter())
    if isinstance(value, dict) and list(value) != ["id"]:
        # A name alone comes back as text. Tags of languages come back in small letters.
        own = Counter(key.lower() for key in value if key not in ("@context", "@graph"))
        return own + sum((keys(inner) for key, inner in value.items() if key != "@context"), Counter())
    return Counter()


def lost_keys(document):
    """Keys that do not come back when the document is expanded and compacted with its own context."""
    back = jsonld.compact(jsonld.expand(document), document["@context"])
    return sorted((keys(document) - keys(back)).elements())


def graph_of(document):
    graph = Graph()
    graph.parse(data=jsonld.to_rdf(document, {"format": "application/n-quads"}), format="nquads")
    return graph


def in_old_namespaces(graph):
    old = Graph()
    for triple in graph:
        move = lambda term: URIRef(term.replace(ONTOLOGY, str(ELM))) if isinstance(term, URIRef) else term
        old.add(tuple(map(move, triple)))
    return old


def problems(kind, document, demanded, origin=None):
    inherited, excused, had_root = set(), set(), True
    if origin:
        before = graph_of(origin)
        inherited, excused, had_root = kind.violations(before), set(lost_keys(origin)), kind.has_root(before)
    # What stands under a key that the context does not know has got a name like everything else.
    named = {"id"} if excused else set()
    found = [f"key lost in expansion: {key}" for key in lost_keys(document) if key not in excused | named]
    graph = graph_of(document)
    if had_root and not kind.has_root(graph):
        found.append("no root of the right class")
    expected = {f"{demand} MinCount" for demand in demanded}
    violations = kind.violations(graph)
    found += [f"violation that was not announced: {one}" for one in sorted(violations - expected - inherited)]
    found += [f"announced, but not demanded by the shapes: {one}" for one in sorted(expected - violations)]
    return found


def demands(path):
    listed = json.loads(path.read_text(encoding="utf-8"))
    return [found[1] for row in listed if (found := re.search(r" demands `([^`]+)`", row["what"]))]


def first(value, wanted):
    """The first object of a type."""
    if isinstance(value, dict) and value.get("type") == wanted:
        return value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return next((found for item in inner if (found := first(item, wanted))), None)


def every(value, wanted, change):
    if isinstance(value, dict):
        if value.get("type") == wanted:
            change(value)
        for inner in value.values():
            every(inner, wanted, change)
    elif isinstance(value, list):
        for inner in value:
            every(inner, wanted, change)


def controls(kind, document):
    """Ways to break a good document, each of which must be found."""

    def without(wanted, key):
        def broken(document):
            assert key in first(document, wanted), f"{wanted} has no {key}"
            every(document, wanted, lambda node: node.pop(key, None))

        return f"{wanted} without {key}", broken

    def stray_key(document):
        first(document, "Qualification")["notATerm"] = "x"

    def empty(document):
        document["@graph" if kind.name == "loq" else "credentialSubject"] = []

    def odd_value(document):
        spec = first(document, "Qualification")
        spec["volumeOfLearning"] = "fifty hours"

    yield from [
        without("Organisation", "legalName"),
        without("Organisation", "location"),
        without("Address", "countryCode"),
        without("Accreditation", "accreditingAgent"),
        without("CreditPoint", "framework"),
        without("Note", "noteLiteral"),
        ("a key that no term stands for", stray_key),
        ("an empty document", empty),
        ("a duration that is none", odd_value),
    ]
    if kind.name == "loq":
        yield without("Qualification", "NQFLevel")
        yield without("Qualification", "EQFLevel")
        yield without("Qualification", "ISCEDFCode")
        yield without("LearningOpportunity", "defaultLanguage")
        yield without("AwardingOpportunity", "learningAchievementSpecification")

        def other_class(document):
            every(document, "Qualification", lambda node: node.update(type="LearningAchievementSpecification"))
            document["@context"]["LearningAchievementSpecification"] = "elm:LearningAchievementSpecification"

        yield "levels on a LearningAchievementSpecification", other_class
    else:
        yield without("Organisation", "eIDASIdentifier")
        yield without("LearningAssessment", "grade")
        yield without("LearningAssessment", "awardedBy")
        yield without("DisplayParameter", "individualDisplay")

        def no_scheme(document):
            every(document, "Concept", lambda node: node.pop("inScheme", None))

        yield "concepts of no list", no_scheme


def main(shapes, files):
    jsonld.set_document_loader(loader(shapes))
    # rdflib tells of values that we break on purpose.
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    kinds = {name: Kind(shapes, name) for name in ("loq", "edc")}
    failures, judged, again, broken = [], 0, 0, 0
    for path in sorted(files.glob("*.json")):
        name, kind = path.name.split(".")[:2]
        if kind not in kinds or path.name.endswith((".lost.json", ".from.json")):
            continue
        document = json.loads(fill(path.read_text(encoding="utf-8")))
        demanded = demands(path.with_name(f"{name}.{kind}.lost.json"))
        origin = path.with_name(f"{name}.{kind}.from.json")
        origin = json.loads(origin.read_text(encoding="utf-8")) if origin.exists() else None
        judged += 1
        again += bool(origin)
        failures += [f"{path.name}: {problem}" for problem in problems(kinds[kind], document, demanded, origin)]
        newer = path.with_name(f"{name}.loq33.json")
        if kind == "loq" and newer.exists():
            graph = graph_of(json.loads(newer.read_text(encoding="utf-8")))
            old = in_old_namespaces(graph)
            if len(graph) != len(old) or not isomorphic(old, graph_of(document)):
                failures.append(f"{newer.name}: is not the same graph in the namespaces of 3.3")
            if any(str(ELM) in str(term) for triple in graph for term in triple):
                failures.append(f"{newer.name}: has terms of the old namespace")
        if name != "exemplary":
            continue
        if demanded:
            failures.append(f"{path.name}: the exemplary file must conform as it is")
        for what, change in controls(kinds[kind], document):
            other = copy.deepcopy(document)
            change(other)
            broken += 1
            if not problems(kinds[kind], other, demanded):
                failures.append(f"{path.name}: not found: {what}")
        graph = graph_of(document)
        if kind == "loq":
            # A closed shape must notice a property that nobody has heard of.
            graph.add((next(graph.subjects(RDF.type, ELM.Qualification)), ELM.unheardOf, BNode()))
            broken += 1
            if not kinds[kind].violations(graph):
                failures.append(f"{path.name}: not found: a stray triple")
    print(f"{judged} documents judged, {again} beside what they come from, {broken} broken ones sent after them, {len(failures)} problems")
    print("\n".join(failures))
    return 1 if failures or not judged or not broken else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
