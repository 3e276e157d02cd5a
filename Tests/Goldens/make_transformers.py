#!/usr/bin/env python3
"""Writes transformers/: tiny random models as Hugging Face's `transformers` saves them, and what they compute, in float64.

Each model has a folder as `save_pretrained` leaves it, and a record in cases.json: token ids, the length of each row where rows are
padded, labels, logits, the mean loss and the gradients of a few tensors. Weights are drawn with a spread of 0.3, so that every part
counts. Of `gpt2_tied` there are also ten losses of full-batch AdamW (learning rate 0.01, betas 0.9 and 0.95, weight decay 0.1 on matrices,
gradients clipped to a global norm of 1) from the same weights: losses[t] is the one before step t.

The script ends by repeating the losses of the training in float32 and prints how far they stray.
"""
import copy

import torch
import torch.nn.functional as F
import transformers
from numpy.random import default_rng

from golden_format import FOLDER, significant, tensor, write_object

SEED, VOCABULARY, ROWS, LENGTH = 23, 19, 3, 7
IDS = default_rng(SEED).integers(0, VOCABULARY, (ROWS, LENGTH))
LENGTHS = [7, 4, 5]

GPT2 = {"vocab_size": VOCABULARY, "n_positions": 9, "n_embd": 8, "n_layer": 2, "n_head": 2, "resid_pdrop": 0.0, "embd_pdrop": 0.0,
        "attn_pdrop": 0.0, "bos_token_id": None, "eos_token_id": None}
LLAMA = {"vocab_size": VOCABULARY, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 2, "max_position_embeddings": 9, "bos_token_id": None, "eos_token_id": None, "pad_token_id": None}
BERT = {"vocab_size": VOCABULARY, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
        "max_position_embeddings": 9, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "pad_token_id": None}

MODELS = {
    "gpt2_tied": (transformers.GPT2LMHeadModel, transformers.GPT2Config(**GPT2)),
    "gpt2_untied": (transformers.GPT2LMHeadModel, transformers.GPT2Config(
        **GPT2, n_inner=12, activation_function="relu", layer_norm_epsilon=1e-3, tie_word_embeddings=False)),
    "llama_tied": (transformers.LlamaForCausalLM, transformers.LlamaConfig(**LLAMA, tie_word_embeddings=True)),
    "llama_untied": (transformers.LlamaForCausalLM, transformers.LlamaConfig(
        **LLAMA, head_dim=4, rms_norm_eps=1e-3, attention_bias=True, mlp_bias=True, tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": 500.0})),
    "bert_masked": (transformers.BertForMaskedLM, transformers.BertConfig(**BERT)),
    "bert_classifier": (transformers.BertForSequenceClassification, transformers.BertConfig(
        **BERT, hidden_act="gelu_new", layer_norm_eps=1e-3, id2label={0: "red", 1: "green", 2: "blue"},
        label2id={"red": 0, "green": 1, "blue": 2})),
}

GRADIENTS = {
    "gpt2": ["transformer.wte.weight", "transformer.wpe.weight", "transformer.h.0.ln_1.weight", "transformer.h.0.attn.c_attn.weight",
             "transformer.h.1.attn.c_attn.bias", "transformer.h.1.mlp.c_fc.weight", "transformer.ln_f.bias"],
    "llama": ["model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.weight",
              "model.layers.1.self_attn.v_proj.weight", "model.layers.1.mlp.gate_proj.weight", "model.norm.weight"],
    "bert": ["bert.embeddings.word_embeddings.weight", "bert.embeddings.token_type_embeddings.weight",
             "bert.encoder.layer.0.attention.self.query.weight", "bert.encoder.layer.0.attention.output.LayerNorm.weight",
             "bert.encoder.layer.1.intermediate.dense.bias"],
}


def draw(model, name):
    """Weights of float32 with a spread of 0.3, norms around 1; one stream a tensor."""
    with torch.no_grad():
        for key, value in model.named_parameters():
            centre = 1.0 if value.dim() == 1 and key.endswith("weight") else 0.0
            rng = default_rng([SEED, *name.encode(), *key.encode()])
            value.copy_(torch.from_numpy(centre + 0.3 * rng.standard_normal(value.shape)).float())


def inputs(name):
    """Ids, what masks padding, and labels of the loss; -100 is left out of it."""
    ids = torch.from_numpy(IDS)
    if not name.startswith("bert"):
        labels = torch.roll(ids, -1, 1)
        labels[:, -1] = -100
        labels[1, 2] = -100
        return ids, None, labels
    mask = torch.tensor([[int(t < length) for t in range(LENGTH)] for length in LENGTHS])
    if name == "bert_classifier":
        return ids, mask, torch.tensor([2, 0, 1])
    labels = torch.full((ROWS, LENGTH), -100)
    for row, t in [(0, 1), (0, 6), (1, 3), (2, 0)]:
        labels[row, t] = (int(ids[row, t]) + 5) % VOCABULARY
    return ids, mask, labels


def loss_of(model, ids, mask, labels):
    logits = model(input_ids=ids, attention_mask=mask).logits
    return logits, F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1), ignore_index=-100)


def train(model, ids, labels, steps=10):
    decayed = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}], lr=0.01, betas=(0.9, 0.95))
    losses = []
    for _ in range(steps):
        _, loss = loss_of(model, ids, None, labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


def main():
    cases, training = {}, {}
    for name, (kind, config) in MODELS.items():
        config._attn_implementation = "eager"
        torch.manual_seed(SEED)
        model = kind(config).eval()
        draw(model, name)
        folder = FOLDER / "transformers" / name
        model.save_pretrained(folder)
        (folder / "model.safetensors").chmod(0o644)
        model = model.double()
        ids, mask, labels = inputs(name)
        logits, loss = loss_of(model, ids, mask, labels)
        loss.backward()
        gradients = {key: value.grad for key, value in model.named_parameters()}
        cases[name] = {
            "ids": ids.tolist(), "lengths": LENGTHS if mask is not None else None, "labels": labels.tolist(), "logits": tensor(logits),
            "loss": significant(loss.item()), "gradients": {k: tensor(gradients[k]) for k in GRADIENTS[name.split("_")[0]]}}
        if name == "gpt2_tied":
            model.zero_grad()
            losses = train(copy.deepcopy(model), ids, labels)
            training[name] = {"losses": [significant(v) for v in losses]}
            strays = max(abs(a - b) / b for a, b in zip(train(copy.deepcopy(model).float(), ids, labels), losses))
            print(f"{name}: float32 losses stray by {strays:.1e}, relative")
    write_object("transformers/cases.json", {"cases": cases, "training": training})


if __name__ == "__main__":
    main()
