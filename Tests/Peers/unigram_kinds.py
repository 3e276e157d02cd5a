"""Small tokenizers of the Unigram kind, one for each family of models that has them; for tokenizers_fuzz.py."""
import collections
import importlib.util
import io
import json
import os
import random
import tempfile

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

# What characters become, of one and of several, removed ones among them; in SentencePiece's form.
RULES = """
9	20
A	20
D	20
D A	20
A0	20
AD
C4	41 308
DF	73 73
130	69
132	49 4A
301
41 30A	E5
65 301	E9
E9	65 301
3A3 3B1	3C3 3B1
E33	E4D E32
1100 1161	AC00
200B
200D
2028	20
2121	54 45 4C
2460	31
3000	20
FB01	66 69
FF21	41
1D7D8	30
1F44D 1F3FD	1F44D
"""

# What normalizers and the joining of characters may stumble over.
ODD = ["ﬁ", "Å", "\u0345", "``", "''", "🇩🇪🇫", "가\u11a8", "\u1100\u1161", "A\u030a", "a\u030a", "e\u0301", "क्ष", "\u0600a", "㍿", "ﷺ",
       "ǆ", "ẛ\u0323", "é\u0301x", "<unk>", "<unk>a", "XYZ", "\r\n", "\r", "ำ", "กำ", "\u200b", "▁", "▁ ▁", "\ufffd", "ΣΑΣ", "Σα", "１２",
       "👍🏽", "\u00ad", "<0x41>", "</s>"]


def seasoned(text, source):
    """`text` with some of these in it."""
    for _ in range(source.choice((0, 0, 1, 1, 2, 4))):
        place = source.randint(0, len(text))
        text = text[:place] + source.choice(ODD) + text[place:]
    return text


def charsmap(**rules):
    """The map of a SentencePiece model that is made with `rules`."""
    import sentencepiece

    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["the cat sat on the mat and that is all there is to it", "a dog"]), model_writer=written, vocab_size=32,
        hard_vocab_limit=False, minloglevel=2, **rules)
    # The model is a protocol buffer: its field 3 is about normalization, and of that the field 2 is the map.
    return dict(fields(dict(fields(written.getvalue()))[3]))[2]


def fields(message):
    def number(place):
        value, shift = 0, 0
        while True:
            byte = message[place]
            value, shift, place = value | (byte & 0x7F) << shift, shift + 7, place + 1
            if byte < 0x80:
                return value, place

    place = 0
    while place < len(message):
        key, place = number(place)
        kind = key & 7
        if kind == 0:
            value, place = number(place)
        elif kind == 2:
            length, place = number(place)
            value, place = message[place : place + length], place + length
        else:
            length = 8 if kind == 1 else 4
            value, place = message[place : place + length], place + length
        yield key >> 3, value


def small_charsmap():
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", delete=False) as file:
        file.write("".join(line + ("" if "\t" in line else "\t") + "\n" for line in RULES.strip().split("\n")))
    try:
        return charsmap(normalization_rule_tsv=file.name)
    finally:
        os.unlink(file.name)


WORDS_AFTER_SPACES = [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
PLAIN_DECODER = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]


def trained(texts, special, normalizer, pre_tokenizer, decoder, size=450):
    tokenizer = Tokenizer(models.Unigram())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoder
    # Every character that a trainer sees becomes a piece: it gets the common ones.
    common = {character for character, _ in collections.Counter("".join(texts)).most_common(150)}
    tokenizer.train_from_iterator(
        ["".join(character for character in text if character in common) for text in texts],
        trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token="<unk>", show_progress=False))
    return tokenizer


def changed(tokenizer, change):
    """The tokenizer with what `change` makes of its model."""
    stored = json.loads(tokenizer.to_str())
    change(stored, stored["model"])
    return Tokenizer.from_str(json.dumps(stored))


def t5(texts, map):
    tokenizer = trained(texts, ["<pad>", "</s>", "<unk>"], normalizers.Precompiled(map), pre_tokenizers.Sequence(WORDS_AFTER_SPACES),
                        decoders.Metaspace())
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))])
    return tokenizer


def roberta(texts, map):
    tokenizer = trained(texts, ["<s>", "<pad>", "</s>", "<unk>"],
                        normalizers.Sequence([normalizers.Precompiled(map), normalizers.Replace(Regex(" {2,}"), " ")]),
                        pre_tokenizers.Metaspace(prepend_scheme="always"), decoders.Metaspace())
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def albert(texts, map):
    steps = [normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(), normalizers.StripAccents(),
             normalizers.Lowercase(), normalizers.Precompiled(map), normalizers.Replace(Regex(" {2,}"), " ")]
    tokenizer = trained(texts, ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"], normalizers.Sequence(steps),
                        pre_tokenizers.Sequence(WORDS_AFTER_SPACES), decoders.Metaspace())
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


def compatible(texts):
    return trained(texts, ["<unk>"], normalizers.NFKC(), pre_tokenizers.Metaspace(prepend_scheme="first"),
                   decoders.Metaspace(prepend_scheme="first"))


def falling_back(texts):
    tokenizer = trained(texts, ["<unk>", "<s>"], normalizers.Sequence([normalizers.Nmt(), normalizers.NFKD()]),
                        pre_tokenizers.Metaspace(prepend_scheme="first", split=False), decoders.Sequence(PLAIN_DECODER))

    def change(stored, model):
        model["vocab"] += [["<0x%02X>" % byte, -20.0] for byte in range(256)]
        model["byte_fallback"] = True

    return changed(tokenizer, change)


def without_unknown(texts):
    steps = [normalizers.Replace(Regex("[^a-zA-Z \\n]"), ""), normalizers.Strip()]
    tokenizer = trained(texts, ["<unk>"], normalizers.Sequence(steps), pre_tokenizers.Metaspace(prepend_scheme="never"),
                        decoders.Metaspace(prepend_scheme="never"))

    def change(stored, model):
        stored["added_tokens"] = []
        # Two letters that are pieces only together with others.
        model["vocab"] = [piece for piece in model["vocab"] if piece[0] not in ("<unk>", "Q", "q")]
        model["unk_id"] = None

    return changed(tokenizer, change)


def odd_scores(texts, source):
    """Scores with ties and above 0, so that unknown characters may be better than pieces, and what they make up may be one."""
    tokenizer = trained(texts, ["<unk>"], None, pre_tokenizers.WhitespaceSplit(), None, size=250)

    def change(stored, model):
        stored["added_tokens"] = []
        model["vocab"] = [[piece, float(source.randint(1, 6) * 3)] for piece, _ in model["vocab"]]
        model["vocab"] += [["é\u0301x", 11.0], ["👍🏽", 12.0], ["XYZ", 1.0], ["<unk>a", 5.0]]

    return changed(tokenizer, change)


def all_kinds(texts):
    """Makers of the tokenizers of this kind by name: those with a small map, and those with one of a whole model."""
    source = random.Random(5)
    small, whole = [], []

    def once(kept, make):
        if not kept:
            kept.append(make())
        return kept[0]

    nmt = lambda: once(whole, lambda: charsmap(normalization_rule_name="nmt_nfkc"))
    few = lambda: once(small, small_charsmap)
    mapped = {"few rules": lambda: t5(texts, few()), "albert": lambda: albert(texts, few())}
    plain = {
        "nfkc": lambda: compatible(texts), "byte fallback": lambda: falling_back(texts), "no unknown": lambda: without_unknown(texts),
        "odd scores": lambda: odd_scores(texts, source),
    }
    whole_maps = {
        "t5": lambda: t5(texts, nmt()), "xlm-roberta": lambda: roberta(texts, nmt()), "whole albert": lambda: albert(texts, nmt()),
    }
    if not importlib.util.find_spec("sentencepiece"):
        return {"unigram": plain}
    return {"unigram": {**mapped, **plain}, "sentencepiece": whole_maps}
