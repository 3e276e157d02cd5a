#!/usr/bin/env python3
"""tokenizers_fuzz.py SEED COUNT [TOKENIZER...]: what Hugging Face's `tokenizers` makes of random texts.

Prints a JSON line {"tokenizer": ...} for each tokenizer and after it, for each of its share of COUNT texts, a line {"text", "ids", "decoded"};
ids are null where it cannot encode a text. Tokenizers are tokenizer.json files, or kinds, of which small ones are trained on the first texts:
`merging`, `unigram`, `sentencepiece` (these need the module of that name), or one kind by its name. Without any, all kinds are taken.
The texts are of all planes of Unicode: words, digits, spaces, punctuation, combining marks, ideographs, Hangul, emoji, controls, special tokens.
"""
import json
import os
import random
import sys

import unigram_kinds
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SPACES = [" ", "  ", "\n", "\t", "\r\n", " \n ", "\u00a0", "\u3000", "\u2028", "\x0b", "\x85", "   ", "\u200b"]
CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'", "''s", " 'll", "don't", "I'm", "'v", "'l", "n't", "do not"]
SPECIAL = ["<|endoftext|>", "[CLS]", "[MASK]", "[sep]", "[PAD]", "<s>", "</s>", " [MASK] ", "the"]
ODD = ["👩‍👩‍👧", "🏳️‍🌈", "👍🏽", "e\u0301", "\u00c5\u00c5", "\u0130", "ß", "ﬁ", "Σας", "①", "½", "٣", "𝟘", "ǅ", "ֶַ", "ด\u0e35", "नमस्ते", "\u1100\u1161\u11a8"]


def characters(source, low, high, most):
    return "".join(chr(source.randint(low, high)) for _ in range(source.randint(1, most)))


def any_character(source):
    code = source.randint(0, 0x2FFFF if source.random() < 0.7 else 0x10FFFF)
    return chr(0xD7FF if 0xD800 <= code < 0xE000 else code)


KINDS = [
    (0.35, lambda r: "".join(r.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(r.randint(1, 9)))),
    (0.10, lambda r: r.choice(SPACES)),
    (0.07, lambda r: r.choice(CONTRACTIONS)),
    (0.06, lambda r: str(r.randint(0, 10 ** r.randint(1, 9)))),
    (0.05, lambda r: "".join(r.choice("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~") for _ in range(r.randint(1, 4)))),
    (0.04, lambda r: r.choice(SPECIAL)),
    (0.05, lambda r: characters(r, 0x4E00, 0x9FFF, 4)),
    (0.05, lambda r: characters(r, 0x300, 0x36F, 4)),
    (0.04, lambda r: characters(r, 0xAC00, 0xD7A3, 3)),
    (0.04, lambda r: r.choice(ODD)),
    (0.03, lambda r: chr(r.randint(0, 0x1F))),
    (0.05, lambda r: characters(r, 0x80, 0x24FF, 4)),
    (0.07, any_character),
]


def text(source):
    makers = source.choices([kind[1] for kind in KINDS], [kind[0] for kind in KINDS], k=source.randint(0, 12))
    return "".join(make(source) + (" " if source.random() < 0.4 else "") for make in makers)


def small_tokenizers(texts):
    """A tokenizer of each kind, by name."""
    made = {}

    def train(name, tokenizer, trainer, normalizer=None, pre_tokenizer=None, decoder=None):
        if normalizer:
            tokenizer.normalizer = normalizer
        if pre_tokenizer:
            tokenizer.pre_tokenizer = pre_tokenizer
        if decoder:
            tokenizer.decoder = decoder
        tokenizer.train_from_iterator(texts, trainer)
        made[name] = tokenizer
        return tokenizer

    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe = lambda special, size=700, **options: trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False, **options)
    train("gpt2", Tokenizer(models.BPE()), bpe(["<|endoftext|>"], initial_alphabet=alphabet),
          None, pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel())
    roberta = train("roberta", Tokenizer(models.BPE()), bpe(["<s>", "</s>"], initial_alphabet=alphabet), None,
                    pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Punctuation("contiguous"),
                                             pre_tokenizers.ByteLevel(add_prefix_space=True)]), decoders.ByteLevel())
    roberta.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    bert = train("bert", Tokenizer(models.WordPiece(unk_token="[UNK]")),
                 trainers.WordPieceTrainer(vocab_size=1500, special_tokens=special, limit_alphabet=600, show_progress=False),
                 normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer(), decoders.WordPiece())
    bert.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    cased = Tokenizer.from_str(bert.to_str())
    cased.normalizer = normalizers.BertNormalizer(lowercase=False)
    made["cased"] = cased
    llama = train("llama", Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>")),
                  bpe(["<unk>", "<s>", "</s>"] + ["<0x%02X>" % byte for byte in range(256)], limit_alphabet=120),
                  normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None,
                  decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]))
    plain = json.loads(llama.to_str())
    # The bytes are tokens of the model, and not to be found in texts.
    plain["added_tokens"] = [token for token in plain["added_tokens"] if token["id"] < 3]
    made["llama"] = Tokenizer.from_str(json.dumps(plain))
    for scheme in ("first", "always", "never"):
        meta = train("metaspace " + scheme, Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=scheme == "first")),
                     bpe(["<unk>"], limit_alphabet=200), normalizers.NFC(), pre_tokenizers.Metaspace(prepend_scheme=scheme),
                     decoders.Metaspace(prepend_scheme=scheme))
        meta.add_tokens([AddedToken("[MASK]", lstrip=True), AddedToken("the", single_word=True), AddedToken("<s>", rstrip=True)])
    train("suffix", Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>")),
          bpe(["<unk>"], limit_alphabet=200, end_of_word_suffix="</w>"),
          normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents(), normalizers.Strip()]),
          pre_tokenizers.Whitespace(), decoders.BPEDecoder())
    train("words", Tokenizer(models.WordLevel(unk_token="<unk>")),
          trainers.WordLevelTrainer(vocab_size=900, special_tokens=["<unk>"], show_progress=False), None,
          pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split("a", "merged_with_previous"),
                                   pre_tokenizers.Split("-", "merged_with_next"), pre_tokenizers.Punctuation("isolated")]))
    return made


def make(names, texts):
    """The tokenizers of these names, in their order; all where there are none."""
    made = {name: Tokenizer.from_file(name) for name in names if os.path.exists(name)}
    wanted = [name for name in names if name not in made]
    if not names or "merging" in wanted:
        made.update(small_tokenizers(texts))
    for group, kinds in unigram_kinds.all_kinds(texts).items():
        for name, maker in kinds.items():
            if not names or group in wanted or name in wanted:
                made[name] = maker()
    return made


def encode(tokenizer, texts):
    try:
        return [one.ids for one in tokenizer.encode_batch(texts)]
    except Exception:
        # A text that it cannot encode spoils the others.
        return [encode(tokenizer, [line])[0] for line in texts] if len(texts) > 1 else [None]


def main():
    source = random.Random(int(sys.argv[1]))
    count = int(sys.argv[2])
    made = make(sys.argv[3:], [text(source) for _ in range(1500)])
    seasoned = [name for kinds in unigram_kinds.all_kinds([]).values() for name in kinds]
    for name, tokenizer in made.items():
        print(json.dumps({"name": name, "tokenizer": json.loads(tokenizer.to_str())}, ensure_ascii=False))
        texts = [text(source) for _ in range(count // len(made))]
        if name in seasoned:
            texts = [unigram_kinds.seasoned(line, source) for line in texts]
        encoded = encode(tokenizer, texts)
        decoded = tokenizer.decode_batch([ids or [] for ids in encoded], skip_special_tokens=False)
        for line, ids, back in zip(texts, encoded, decoded):
            print(json.dumps({"text": line, "ids": ids, "decoded": back}, ensure_ascii=True))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main()
