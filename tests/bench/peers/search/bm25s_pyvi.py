"""bm25s over words that pyvi cuts: what a Python programmer would take for Vietnamese.

usage: bm25s_pyvi.py DOCS.jsonl ASKS.jsonl
Reads the same articles and questions as the other engines, prints one JSON object.
"""

import json
import sys
import time
from importlib.metadata import version

import bm25s
from pyvi import ViTokenizer

DEPTH = 100


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def words(text):
    return ViTokenizer.tokenize(text).lower()


def tokens(texts, **options):
    # Its own list of stop words is English.
    return bm25s.tokenize(texts, stopwords=None, show_progress=False, **options)


def main():
    docs, asks = read(sys.argv[1]), read(sys.argv[2])
    begun = time.perf_counter()
    texts = [words("\n".join([doc["law"], doc["title"], doc["text"]])) for doc in docs]
    retriever = bm25s.BM25()
    retriever.index(tokens(texts), show_progress=False)
    build_s = time.perf_counter() - begun
    ids = [doc["id"] for doc in docs]
    depth = min(DEPTH, len(ids))
    answers = []
    for ask in asks:
        begun = time.perf_counter()
        query = tokens([words(ask["text"])], return_ids=False)
        found, scores = retriever.retrieve(query, k=depth, show_progress=False)
        best = [ids[at] for at, score in zip(found[0], scores[0]) if score > 0]
        answers.append({"ids": best, "ms": (time.perf_counter() - begun) * 1000})
    named = f"bm25s {version('bm25s')}, pyvi {version('pyvi')}"
    print(json.dumps({"version": named, "build_s": build_s, "index_bytes": 0, "answers": answers}))


main()
