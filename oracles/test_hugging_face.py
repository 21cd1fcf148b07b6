"""Folders of ours in transformers, and folders of transformers here."""

import homegrown
import numpy as np
import torch
from transformers import AutoModelForCausalLM


def test_the_scores_of_transformers_are_ours(artefacts):
    folder = artefacts.model()
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    ids = homegrown.ids(folder, ["Call me Ishmael."])[0]
    with torch.no_grad():
        theirs = model(torch.tensor([ids])).logits[0].numpy()
    assert np.abs(theirs - homegrown.logits(folder, ids)).max() < 1e-4
