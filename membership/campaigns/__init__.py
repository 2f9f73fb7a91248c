"""Campaigns: what head office gives for deeds, and what guests take part in (docs/rules.md, CP, PM, GM, CS).

`scope.py` says for whom, where and when, `gift.py` what, `kinds.py` for which deed, `validate.py` whether it is sound.
"""
